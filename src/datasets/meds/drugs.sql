-- Drugs: orders from MEDICATION//START//<name> to the next MEDICATION//STOP//<name>, and single administrations
-- MEDICATION//<name>//<what happened> of which something was given.
WITH orders AS (
  SELECT DISTINCT subject_id, time, split_part(code, '//', 2) AS step, split_part(code, '//', 3) AS drug
  FROM source.events
  WHERE code LIKE 'MEDICATION//START//%' OR code LIKE 'MEDICATION//STOP//%'
),
active AS (
  SELECT s.subject_id, s.drug, s.time AS first_time, coalesce(e.time, s.time) AS last_time
  FROM (SELECT * FROM orders WHERE step = 'START') s
  ASOF LEFT JOIN (SELECT * FROM orders WHERE step = 'STOP') e
    ON e.subject_id = s.subject_id AND e.drug = s.drug AND e.time >= s.time
  UNION ALL
  SELECT subject_id, split_part(code, '//', 2), time, time
  FROM source.events
  WHERE code LIKE 'MEDICATION//%'
    AND split_part(code, '//', 2) NOT IN ('START', 'STOP')
    AND (
      split_part(code, '//', 3) ILIKE 'administered%'
      OR split_part(code, '//', 3) ILIKE '%delayed administered%'
      OR split_part(code, '//', 3) IN ('', 'Started', 'Restarted', 'Applied', 'Flushed', 'Rate Change', 'Confirmed')
    )
)
SELECT
  r.stay,
  date_diff('second', r.intime, a.first_time) / 60.0 AS first_minute,
  date_diff('second', r.intime, a.last_time) / 60.0 AS last_minute,
  a.drug
FROM active a
JOIN remaining r ON r.subject_id = a.subject_id;
