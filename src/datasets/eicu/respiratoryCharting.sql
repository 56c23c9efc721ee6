-- Ventilator and oxygen settings: text such as "40" or "40%"; what is no number is left out.
SELECT
  r.patientunitstayid AS stay,
  r.respchartoffset AS minute,
  i.feature,
  TRY_CAST(trim(replace(r.respchartvalue, '%', '')) AS DOUBLE) AS value,
  i.unit
FROM source.respiratorycharting r
JOIN items i ON i.origin = 'respiratorycharting' AND i.item = lower(r.respchartvaluelabel);
