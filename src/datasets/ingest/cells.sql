-- One value a stay, step and feature, from the tallies of all source tables.
CREATE TABLE cells AS
SELECT t.stay_row, t.step, t.feature, CAST(t.value AS FLOAT) AS value
FROM (
  SELECT
    stay_row,
    step,
    feature,
    CASE any_value(aggregate)
      -- The sums are exact decimals, so that the mean does not depend on the order of the rows.
      WHEN 'mean' THEN sum(total) / sum(n)
      WHEN 'last' THEN max(latest).value
      WHEN 'any' THEN CAST(max(highest) <> 0 AS INTEGER)
    END AS value
  FROM tallies
  WHERE n > 0
  GROUP BY stay_row, step, feature
  UNION ALL
  SELECT stay_row, step, feature, median(value)
  FROM listed
  GROUP BY stay_row, step, feature
) t
ORDER BY t.stay_row, t.step, t.feature;
