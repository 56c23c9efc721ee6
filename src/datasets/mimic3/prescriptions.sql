-- Ordered drugs. Start and end have no time of day: a drug counts from the beginning of its first to the end of its last
-- day.
SELECT
  r.stay,
  date_diff('second', r.intime, date_trunc('day', p.startdate)) / 60.0 AS first_minute,
  date_diff('second', r.intime, date_trunc('day', coalesce(p.enddate, p.startdate)) + INTERVAL 1 DAY) / 60.0 - 1
    AS last_minute,
  p.drug
FROM source.prescriptions p
JOIN remaining r ON r.admission = p.hadm_id;
