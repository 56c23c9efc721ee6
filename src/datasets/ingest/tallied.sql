-- Adds one source table's measurements of concepts whose values of a step can be tallied without keeping them.
CREATE OR REPLACE TABLE tally AS
SELECT
  stay_row,
  step,
  feature,
  any_value(aggregate) AS aggregate,
  fault,
  converted,
  CASE WHEN fault <> 0 OR converted THEN unit END AS unit,
  count(*) AS n,
  sum(CAST(CASE WHEN fault = 0 THEN value END AS DECIMAL(18, 6))) AS total,
  max(CASE WHEN fault = 0 THEN {'minute': minute, 'value': value} END) AS latest,
  max(CASE WHEN fault = 0 THEN value END) AS highest
FROM measured
WHERE aggregate <> 'median'
GROUP BY ALL;

INSERT INTO value_counts
SELECT feature, unit, fault, converted, sum(n) FROM tally GROUP BY ALL;

INSERT INTO tallies
SELECT stay_row, step, feature, aggregate, n, total, latest, highest FROM tally WHERE fault = 0;

DROP TABLE tally;
