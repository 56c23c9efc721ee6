-- Ordered drugs, from start to stop.
SELECT
  r.stay,
  date_diff('second', r.intime, p.starttime) / 60.0 AS first_minute,
  date_diff('second', r.intime, greatest(p.starttime, coalesce(p.stoptime, p.starttime))) / 60.0 AS last_minute,
  p.drug
FROM source.prescriptions p
JOIN remaining r ON r.admission = p.hadm_id;
