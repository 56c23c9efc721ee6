-- One value a stay, step and feature, from what all source tables have, for some stays at a time: medians are kept in
-- memory until all their values are known.
INSERT INTO cells
SELECT stay_row, step, feature, CAST(value AS FLOAT) AS value
FROM (
  SELECT
    t.stay_row,
    t.step,
    t.feature,
    CASE any_value(f.aggregate)
      WHEN 'mean' THEN sum(t.total) / sum(t.n)
      WHEN 'last' THEN max(t.latest).value
      WHEN 'any' THEN CAST(max(t.highest) <> 0 AS INTEGER)
    END AS value
  FROM tallies t
  JOIN features f USING (feature)
  WHERE t.fault = 0 AND t.stay_row >= getvariable('first_row') AND t.stay_row < getvariable('end_row')
  GROUP BY t.stay_row, t.step, t.feature
  UNION ALL
  SELECT stay_row, step, feature, median(value)
  FROM listed
  WHERE fault = 0 AND stay_row >= getvariable('first_row') AND stay_row < getvariable('end_row')
  GROUP BY stay_row, step, feature
)
ORDER BY stay_row, step, feature;
