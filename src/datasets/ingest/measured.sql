-- Brings the measurements of one source table (the view `measurement`) into the cohort's units and onto its steps.
-- A value without a unit is in the cohort's.
-- fault: 0 = fine, 1 = unit without a conversion, 2 = outside the plausible range.
CREATE OR REPLACE TEMP VIEW measured AS
SELECT
  stay_row,
  step,
  feature,
  minute,
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
    -- The plausible range, by position among the features.
    getvariable('lowest')[m.feature + 1] AS low,
    getvariable('highest')[m.feature + 1] AS high,
    m.value,
    m.unit,
    c.conversion,
    CASE WHEN m.plain_unit IS NULL THEN 1 ELSE c.scale END AS scale,
    CASE WHEN m.plain_unit IS NULL THEN 0 ELSE c.shift END AS shift
  FROM (
    SELECT
      *,
      CASE
        WHEN unit IS NOT NULL AND lower(unit) NOT IN ('', 'unk', 'none') THEN replace(lower(unit), ' ', '')
      END AS plain_unit
    FROM measurement
    WHERE value IS NOT NULL AND minute >= getvariable('from_minute') AND minute < getvariable('window_minutes')
  ) m
  JOIN stays s ON s.stay = m.stay
  LEFT JOIN conversions c ON c.feature = m.feature AND c.unit = m.plain_unit
  WHERE m.minute <= s.minutes
);
