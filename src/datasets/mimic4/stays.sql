-- One row an ICU stay of MIMIC-IV. Times become minutes from ICU admission (intime). Age is that of the anchor year moved
-- to the year of admission; ages above 89 are given as 91 by the source.
CREATE TABLE candidates AS
SELECT
  i.stay_id AS stay,
  i.subject_id,
  CAST(i.subject_id AS VARCHAR) AS patient,
  i.hadm_id AS admission,
  i.intime AS stay_order,
  i.intime,
  i.outtime,
  date_diff('second', i.intime, i.outtime) / 60.0 AS minutes,
  a.hospital_expire_flag,
  i.first_careunit,
  i.last_careunit,

  'BIDMC' AS hospital,
  coalesce(i.first_careunit, 'Unknown') AS unit,
  coalesce(p.anchor_year_group, 'Unknown') AS "anchor-years",

  year(i.intime) - p.anchor_year + p.anchor_age AS age,
  p.gender AS sex,
  CASE
    WHEN a.race ILIKE 'WHITE%' OR a.race = 'PORTUGUESE' THEN 'White'
    WHEN a.race ILIKE 'BLACK%' THEN 'Black'
    WHEN a.race ILIKE 'HISPANIC%' OR a.race ILIKE 'SOUTH AMERICAN%' THEN 'Hispanic'
    WHEN a.race ILIKE 'ASIAN%' THEN 'Asian'
    WHEN a.race ILIKE 'UNKNOWN%' OR a.race ILIKE 'UNABLE%' OR a.race ILIKE 'PATIENT DECLINED%' THEN NULL
    WHEN a.race IS NOT NULL THEN 'Other'
  END AS race
FROM source.icustays i
LEFT JOIN source.admissions a USING (hadm_id)
LEFT JOIN source.patients p ON p.subject_id = i.subject_id;
