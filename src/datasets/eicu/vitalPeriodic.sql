-- Bedside monitor, every five minutes: one column a vital sign. Temperature is in °C.
SELECT v.stay, v.minute, i.feature, v.value, i.unit
FROM (
  UNPIVOT (
    SELECT
      patientunitstayid AS stay,
      observationoffset AS minute,
      temperature, sao2, heartrate, respiration, cvp, etco2,
      systemicsystolic, systemicdiastolic, systemicmean
    FROM source.vitalperiodic
    -- Here already, since every row becomes several.
    WHERE observationoffset >= getvariable('from_minute') AND observationoffset < getvariable('window_minutes')
  )
  ON temperature, sao2, heartrate, respiration, cvp, etco2, systemicsystolic, systemicdiastolic, systemicmean
  INTO NAME item VALUE value
) v
JOIN items i ON i.origin = 'vitalperiodic' AND i.item = v.item;
