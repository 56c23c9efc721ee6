-- Cuff pressures, whenever taken.
SELECT v.stay, v.minute, i.feature, v.value, i.unit
FROM (
  UNPIVOT (
    SELECT
      patientunitstayid AS stay,
      observationoffset AS minute,
      noninvasivesystolic, noninvasivediastolic, noninvasivemean
    FROM source.vitalaperiodic
    -- Here already, since every row becomes several.
    WHERE observationoffset >= getvariable('from_minute') AND observationoffset < getvariable('window_minutes')
  )
  ON noninvasivesystolic, noninvasivediastolic, noninvasivemean
  INTO NAME item VALUE value
) v
JOIN items i ON i.origin = 'vitalaperiodic' AND i.item = v.item;
