-- Infusions and boluses of MetaVision, from start to end. Rewritten orders are replaced by another row.
SELECT
  e.icustay_id AS stay,
  date_diff('second', r.intime, e.starttime) / 60.0 AS first_minute,
  date_diff('second', r.intime, e.endtime) / 60.0 AS last_minute,
  d.label AS drug
FROM source.inputevents_mv e
JOIN remaining r ON r.stay = e.icustay_id
JOIN source.d_items d USING (itemid)
WHERE e.statusdescription IS DISTINCT FROM 'Rewritten';
