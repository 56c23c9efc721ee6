-- Vital signs charted by nurses: text; what is no number is left out.
SELECT
  n.patientunitstayid AS stay,
  n.nursingchartoffset AS minute,
  i.feature,
  TRY_CAST(n.nursingchartvalue AS DOUBLE) AS value,
  i.unit
FROM source.nursecharting n
JOIN items i ON i.origin = 'nursecharting' AND i.item = lower(n.nursingchartcelltypevalname);
