-- Stays of the eICU demo that have hourly tables, first 48 hours.
-- Reads `dyn`, `sta` (YAIB: stay_id = patientunitstayid, time in seconds), `patient`, `hospital` (eICU demo, all columns as text).

CREATE TABLE stays AS
SELECT
  CAST(row_number() OVER (ORDER BY CAST(p.patientunitstayid AS BIGINT)) - 1 AS INTEGER) AS stay,
  CAST(p.patientunitstayid AS BIGINT) AS source_stay,
  -- The person: the same in every stay and hospital. Splits go by it.
  p.uniquepid AS person,
  p.hospitalid AS hospital,
  CAST(least(48, grid.hours) AS INTEGER) AS hours,

  -- "> 89" is written as 90, the youngest it can be.
  CASE WHEN trim(p.age) = '> 89' THEN 90 ELSE TRY_CAST(p.age AS DOUBLE) END AS age,
  CASE p.gender WHEN 'Female' THEN 'F' WHEN 'Male' THEN 'M' END AS sex,
  s.height AS height,
  s.weight AS weight,
  p.unittype AS unit,
  coalesce(h.region, 'Unknown') AS region,
  coalesce(h.numbedscategory, 'Unknown') AS beds,
  CASE h.teachingstatus WHEN 't' THEN 1.0 WHEN 'f' THEN 0.0 END AS teaching,

  CASE p.hospitaldischargestatus WHEN 'Expired' THEN 1.0 WHEN 'Alive' THEN 0.0 END AS mortality,
  CASE WHEN CAST(p.unitdischargeoffset AS DOUBLE) > 3 * 1440 THEN 1.0 ELSE 0.0 END AS los3
FROM patient p
JOIN (SELECT stay_id, max(time) // 3600 + 1 AS hours FROM dyn GROUP BY stay_id) grid
  ON grid.stay_id = CAST(p.patientunitstayid AS BIGINT)
LEFT JOIN sta s ON s.stay_id = grid.stay_id
LEFT JOIN hospital h USING (hospitalid);

CREATE TABLE attrition AS
SELECT 1 AS position, 'unit stays in the demo' AS step, (SELECT count(*) FROM patient) AS remaining
UNION ALL
SELECT 2, 'in the hourly tables (YAIB task los: adults, usable length of stay, some measurements)', (SELECT count(*) FROM stays);
