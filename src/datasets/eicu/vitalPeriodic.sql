-- Bedside monitor, every five minutes: a column for each vital sign. Temperature is in °C.
SELECT
  patientunitstayid AS stay,
  observationoffset AS minute,
  temperature,
  sao2,
  heartrate,
  respiration,
  cvp,
  etco2,
  systemicsystolic,
  systemicdiastolic,
  systemicmean
FROM source.vitalperiodic;
