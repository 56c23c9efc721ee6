-- Steps in which a drug was active, from the table `exposure` (stay_row, first_minute, last_minute, drug) of one source.
-- Drug names are matched as whole words after lower-casing and turning all else into blanks.
CREATE OR REPLACE TEMP TABLE drug_names AS
SELECT DISTINCT n.drug, d.feature
FROM (
  SELECT drug, ' ' || trim(regexp_replace(lower(drug), '[^a-z0-9]+', ' ', 'g')) || ' ' AS plain
  FROM (SELECT DISTINCT drug FROM exposure WHERE drug IS NOT NULL)
) n
JOIN drugs d ON contains(n.plain, d.drug_name);

INSERT INTO documented_drugs
SELECT DISTINCT s.hospital_id
FROM (SELECT DISTINCT stay_row FROM exposure) e
JOIN stays s USING (stay_row);

INSERT INTO exposed
SELECT DISTINCT stay_row, unnest(range(first_step, last_step + 1)) AS step, feature
FROM (
  SELECT
    s.stay_row,
    n.feature,
    CAST(greatest(0, floor(e.first_minute / getvariable('step_minutes'))) AS INTEGER) AS first_step,
    CAST(least(s.steps - 1, floor(e.last_minute / getvariable('step_minutes'))) AS INTEGER) AS last_step
  FROM exposure e
  JOIN drug_names n USING (drug)
  JOIN stays s USING (stay_row)
  WHERE e.last_minute >= 0 AND e.first_minute < getvariable('window_minutes')
)
WHERE first_step <= last_step;
