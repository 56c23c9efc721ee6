-- Bedside monitor, every five minutes: one column a vital sign, of which the dictionary's are taken. Temperature is in °C.
SELECT
  v.patientunitstayid AS stay,
  v.observationoffset AS minute,
  i.feature,
  CASE i.item
    WHEN 'temperature' THEN v.temperature
    WHEN 'sao2' THEN v.sao2
    WHEN 'heartrate' THEN v.heartrate
    WHEN 'respiration' THEN v.respiration
    WHEN 'cvp' THEN v.cvp
    WHEN 'etco2' THEN v.etco2
    WHEN 'systemicsystolic' THEN v.systemicsystolic
    WHEN 'systemicdiastolic' THEN v.systemicdiastolic
    WHEN 'systemicmean' THEN v.systemicmean
  END AS value,
  i.unit
FROM source.vitalperiodic v
CROSS JOIN (SELECT * FROM items WHERE origin = 'vitalperiodic') i;
