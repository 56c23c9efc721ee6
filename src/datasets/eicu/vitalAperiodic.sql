-- Cuff pressures, whenever taken: a column for each.
SELECT
  patientunitstayid AS stay,
  observationoffset AS minute,
  noninvasivesystolic,
  noninvasivediastolic,
  noninvasivemean
FROM source.vitalaperiodic;
