-- One row an ICU stay of MIMIC-III. Times become minutes from ICU admission (intime). Dates are shifted per patient, so
-- only differences mean anything. Patients above 89 have a birth date 300 years back: they count as 90.
CREATE TABLE candidates AS
SELECT
  i.icustay_id AS stay,
  i.subject_id,
  CAST(i.subject_id AS VARCHAR) AS patient,
  i.hadm_id AS admission,
  i.intime AS stay_order,
  i.intime,
  i.outtime,
  date_diff('second', i.intime, i.outtime) / 60.0 AS minutes,
  a.hospital_expire_flag,

  'BIDMC' AS hospital,
  coalesce(i.first_careunit, 'Unknown') AS unit,
  coalesce(i.dbsource, 'Unknown') AS dbsource,

  CASE
    WHEN date_diff('day', p.dob, i.intime) / 365.25 > 150 THEN 90
    ELSE date_diff('day', p.dob, i.intime) / 365.25
  END AS age,
  p.gender AS sex,
  CASE
    WHEN a.ethnicity ILIKE 'WHITE%' OR a.ethnicity = 'PORTUGUESE' THEN 'White'
    WHEN a.ethnicity ILIKE 'BLACK%' THEN 'Black'
    WHEN a.ethnicity ILIKE 'HISPANIC%' OR a.ethnicity ILIKE 'SOUTH AMERICAN%' THEN 'Hispanic'
    WHEN a.ethnicity ILIKE 'ASIAN%' THEN 'Asian'
    WHEN a.ethnicity ILIKE 'UNKNOWN%' OR a.ethnicity ILIKE 'UNABLE%' OR a.ethnicity ILIKE 'PATIENT DECLINED%' THEN NULL
    WHEN a.ethnicity IS NOT NULL THEN 'Other'
  END AS race
FROM source.icustays i
LEFT JOIN source.admissions a USING (hadm_id)
LEFT JOIN source.patients p ON p.subject_id = i.subject_id;
