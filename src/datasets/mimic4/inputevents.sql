-- Infusions and boluses, from start to end. Rewritten orders are replaced by another row.
SELECT
  e.stay_id AS stay,
  date_diff('second', r.intime, e.starttime) / 60.0 AS first_minute,
  date_diff('second', r.intime, e.endtime) / 60.0 AS last_minute,
  d.label AS drug
FROM source.inputevents e
JOIN remaining r ON r.stay = e.stay_id
JOIN source.d_items d USING (itemid)
WHERE e.statusdescription IS DISTINCT FROM 'Rewritten';
