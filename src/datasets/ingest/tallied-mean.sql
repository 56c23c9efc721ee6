-- Adds one source table's measurements of concepts whose mean of a step is wanted. The sums are exact decimals, so that
-- the mean does not depend on the order of the rows.
INSERT INTO tallies (stay_row, step, feature, conversion, fault, n, total)
SELECT
  stay_row,
  step,
  feature,
  conversion,
  fault,
  count(*),
  sum(CAST(CASE WHEN fault = 0 THEN value END AS DECIMAL(18, 6)))
FROM measured
WHERE feature IN (SELECT feature FROM features WHERE aggregate = 'mean')
GROUP BY ALL;
