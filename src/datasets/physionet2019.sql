-- Cohort of the PhysioNet/CinC Challenge 2019: at risk at hour 24 after ICU admission, observed from hour 0 to 24.
-- Reads the view `hours`: the challenge's columns, one row an hour, with `hospital` and `pid`. ICULOS counts hours
-- in the ICU from 1; SepsisLabel is already shifted 6 h ahead of onset by the challenge.

CREATE TABLE patients AS
SELECT
  hospital,
  pid,
  max(ICULOS) > 24 AS still_in_icu,
  NOT bool_or(SepsisLabel = 1 AND ICULOS <= 24) AS not_yet_septic,
  min(ICULOS) <= 24 AS charted,
  bool_or(SepsisLabel = 1 AND ICULOS > 24) AS sepsis,
  max(Age) AS age,
  max(Gender) AS gender,
  coalesce(bool_or(Unit1 = 1), false) AS micu,
  coalesce(bool_or(Unit2 = 1), false) AS sicu
FROM hours
GROUP BY hospital, pid;

CREATE TABLE attrition AS
SELECT
  hospital,
  count(*) AS provided,
  count(*) FILTER (still_in_icu) AS still_in_icu,
  count(*) FILTER (still_in_icu AND not_yet_septic AND charted) AS included
FROM patients
GROUP BY hospital
ORDER BY hospital;

-- sex: 0 = F, 1 = M; unit: 0 = MICU, 1 = SICU, 2 = unknown (the challenge leaves both columns empty).
CREATE TABLE stays AS
SELECT
  CAST(row_number() OVER (ORDER BY hospital, pid) - 1 AS INTEGER) AS stay,
  hospital,
  pid,
  CAST(age AS DOUBLE) AS age,
  CAST(gender AS DOUBLE) AS sex,
  CASE WHEN micu THEN 0.0 WHEN sicu THEN 1.0 ELSE 2.0 END::DOUBLE AS unit,
  CAST(sepsis AS DOUBLE) AS sepsis
FROM patients
WHERE still_in_icu AND not_yet_septic AND charted;

CREATE VIEW first_day AS
SELECT stays.stay, CAST(hours.ICULOS - 1 AS INTEGER) AS t, hours.* EXCLUDE (hospital, pid, ICULOS)
FROM hours
JOIN stays USING (hospital, pid)
WHERE hours.ICULOS <= 24
ORDER BY stays.stay, t;
