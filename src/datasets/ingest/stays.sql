-- The stays of the cohort, numbered by hospital, patient and stay. `steps` is the number of grid steps of a stay: all
-- that its ICU time reaches into, at most the window's.
CREATE TABLE stays AS
SELECT
  CAST(row_number() OVER (ORDER BY hospital_id, patient, stay_order, stay) - 1 AS INTEGER) AS stay_row,
  CAST(least(
    getvariable('grid_steps'),
    ceil(minutes / getvariable('step_minutes'))
  ) AS INTEGER) AS steps,
  *
FROM remaining;
