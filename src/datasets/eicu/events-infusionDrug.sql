-- Rates and amounts are text in the source: what is no number becomes null.
SELECT
  patientunitstayid AS stay,
  infusionoffset AS minute,
  infusiondrugid AS source_row,
  drugname,
  TRY_CAST(drugrate AS DOUBLE) AS drugrate,
  TRY_CAST(infusionrate AS DOUBLE) AS infusionrate,
  TRY_CAST(drugamount AS DOUBLE) AS drugamount,
  TRY_CAST(volumeoffluid AS DOUBLE) AS volumeoffluid,
  TRY_CAST(patientweight AS DOUBLE) AS patientweight
FROM source.infusiondrug;
