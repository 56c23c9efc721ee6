-- Adds one source table's measurements of concepts whose last value of a step is wanted; of several in the same minute the
-- largest.
INSERT INTO tallies (stay_row, step, feature, conversion, fault, n, latest)
SELECT
  stay_row,
  step,
  feature,
  conversion,
  fault,
  count(*),
  max({'minute': CAST(minute AS DOUBLE), 'value': CASE WHEN fault = 0 THEN value END})
FROM measured
WHERE feature IN (SELECT feature FROM features WHERE aggregate = 'last')
GROUP BY ALL;
