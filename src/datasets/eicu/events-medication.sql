SELECT
  patientunitstayid AS stay,
  drugstartoffset AS minute,
  medicationid AS source_row,
  drugivadmixture,
  drugname,
  dosage,
  routeadmin,
  frequency,
  loadingdose,
  prn
FROM source.medication;
