-- Brings the measurements of one source table (the view `measurement`) into the cohort's units and onto its steps.
-- fault: 0 = fine, 1 = unit without a conversion, 2 = outside the plausible range.
CREATE OR REPLACE VIEW measured AS
SELECT
  stay_row,
  step,
  feature,
  minute,
  aggregate,
  unit,
  conversion,
  value * scale + shift AS value,
  CAST(CASE
    WHEN scale IS NULL THEN 1
    WHEN value * scale + shift BETWEEN low AND high THEN 0
    ELSE 2
  END AS TINYINT) AS fault
FROM (
  SELECT
    s.stay_row,
    CAST(floor(m.minute / getvariable('step_minutes')) AS INTEGER) AS step,
    m.feature,
    m.minute,
    f.aggregate,
    f.low,
    f.high,
    m.value,
    m.unit,
    c.conversion,
    c.scale,
    c.shift
  FROM (
    SELECT
      *,
      CASE
        WHEN unit IS NULL OR lower(unit) IN ('unk', 'none') THEN ''
        ELSE replace(lower(unit), ' ', '')
      END AS plain_unit
    FROM measurement
    WHERE value IS NOT NULL AND minute >= 0 AND minute < getvariable('window_minutes')
  ) m
  JOIN stays s ON s.stay = m.stay
  JOIN features f ON f.feature = m.feature
  LEFT JOIN conversions c ON c.feature = m.feature AND c.unit = m.plain_unit
  WHERE m.minute <= s.minutes
);
