-- Stays of the MIMIC-III demo that have hourly tables, first 48 hours.
-- Reads `dyn`, `sta` (YAIB: stay_id = icustay_id, time in seconds), `icustays`, `admissions`, `patients` (MIMIC-III demo, all
-- columns as text).

CREATE TABLE stays AS
SELECT
  CAST(row_number() OVER (ORDER BY CAST(i.icustay_id AS BIGINT)) - 1 AS INTEGER) AS stay,
  CAST(i.icustay_id AS BIGINT) AS source_stay,
  -- The person: the same in every stay. Splits go by it.
  i.subject_id AS person,
  i.first_careunit AS hospital,
  CAST(least(48, grid.hours) AS INTEGER) AS hours,

  -- Patients above 89 appear with shifted years of birth: 90, the youngest they can be.
  least(s.age, 90) AS age,
  p.gender AS sex,
  s.height AS height,
  s.weight AS weight,
  i.first_careunit AS unit,
  i.dbsource AS charting,

  CAST(a.hospital_expire_flag AS DOUBLE) AS mortality,
  CASE WHEN CAST(i.los AS DOUBLE) > 3 THEN 1.0 ELSE 0.0 END AS los3
FROM icustays i
JOIN (SELECT stay_id, max(time) // 3600 + 1 AS hours FROM dyn GROUP BY stay_id) grid
  ON grid.stay_id = CAST(i.icustay_id AS BIGINT)
LEFT JOIN sta s ON s.stay_id = grid.stay_id
JOIN admissions a USING (hadm_id)
JOIN patients p ON p.subject_id = i.subject_id;

-- Fewer than 11 stays of the demo have no hourly table, so the two are not counted apart.
CREATE TABLE attrition AS
SELECT 1 AS position, 'ICU stays of the demo in the hourly tables (YAIB task los; a few are not)' AS step, (SELECT count(*) FROM stays) AS remaining;
