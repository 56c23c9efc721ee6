SELECT
  patientunitstayid AS stay,
  labresultoffset AS minute,
  labid AS source_row,
  CAST(labtypeid AS VARCHAR) AS labtypeid,
  labname,
  labmeasurenamesystem,
  labmeasurenameinterface,
  labresult,
  TRY_CAST(labresulttext AS DOUBLE) AS labresulttext
FROM source.lab;
