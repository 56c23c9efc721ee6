-- One row an ICU stay of a MEDS dataset: from a code ICU_ADMISSION… to the subject's next ICU_DISCHARGE…. A dataset
-- without ICU codes is cut into its hospital stays instead. Times become minutes from that admission.
CREATE TABLE candidates AS
WITH whole_stays AS (
  SELECT CASE WHEN count(*) FILTER (code LIKE 'ICU_ADMISSION%') > 0 THEN 'ICU' ELSE 'HOSPITAL' END AS prefix
  FROM source.events
),
starts AS (
  SELECT DISTINCT e.subject_id, e.time, split_part(e.code, '//', 2) AS unit
  FROM source.events e, whole_stays w
  WHERE starts_with(e.code, w.prefix || '_ADMISSION') AND e.time IS NOT NULL
),
ends AS (
  SELECT DISTINCT e.subject_id, e.time
  FROM source.events e, whole_stays w
  WHERE starts_with(e.code, w.prefix || '_DISCHARGE') AND e.time IS NOT NULL
),
hospital_starts AS (
  SELECT DISTINCT subject_id, time FROM source.events WHERE code LIKE 'HOSPITAL_ADMISSION%' AND time IS NOT NULL
),
hospital_ends AS (
  SELECT subject_id, time, bool_or(code ILIKE '%//DIED' OR code ILIKE '%//DEAD%' OR code ILIKE '%//EXPIRED') AS died
  FROM source.events WHERE code LIKE 'HOSPITAL_DISCHARGE%' AND time IS NOT NULL
  GROUP BY subject_id, time
),
people AS (
  SELECT
    subject_id,
    min(time) FILTER (code LIKE 'MEDS_BIRTH%') AS birth,
    min(time) FILTER (code LIKE 'MEDS_DEATH%') AS death,
    max(upper(left(split_part(code, '//', 2), 1))) FILTER (code LIKE 'GENDER//%') AS sex
  FROM source.events
  WHERE code LIKE 'MEDS_BIRTH%' OR code LIKE 'MEDS_DEATH%' OR code LIKE 'GENDER//%'
  GROUP BY subject_id
),
stays AS (
  SELECT s.subject_id, s.time AS intime, s.unit, e.time AS outtime
  FROM starts s
  ASOF LEFT JOIN ends e ON e.subject_id = s.subject_id AND e.time >= s.time
),
admitted AS (
  SELECT s.*, h.time AS hospital_start
  FROM stays s
  ASOF LEFT JOIN hospital_starts h ON h.subject_id = s.subject_id AND h.time <= s.intime
),
discharged AS (
  SELECT a.*, h.time AS hospital_end, h.died
  FROM admitted a
  ASOF LEFT JOIN hospital_ends h ON h.subject_id = a.subject_id AND h.time >= a.intime
)
SELECT
  row_number() OVER (ORDER BY d.subject_id, d.intime) AS stay,
  d.subject_id,
  CAST(d.subject_id AS VARCHAR) AS patient,
  hash(d.subject_id, coalesce(d.hospital_start, d.intime)) AS admission,
  d.intime AS stay_order,
  d.intime,
  d.outtime,
  date_diff('second', d.intime, d.outtime) / 60.0 AS minutes,
  -- Died before leaving the hospital: the discharge says so, or the death lies before it.
  CASE
    WHEN d.hospital_end IS NULL THEN CAST(p.death BETWEEN d.intime AND d.outtime AS INTEGER)
    ELSE CAST(d.died OR coalesce(p.death BETWEEN d.intime AND d.hospital_end, false) AS INTEGER)
  END AS died,

  'all' AS hospital,
  coalesce(nullif(d.unit, ''), 'Unknown') AS unit,

  date_diff('day', p.birth, d.intime) / 365.25 AS age,
  p.sex
FROM discharged d
LEFT JOIN people p ON p.subject_id = d.subject_id;
