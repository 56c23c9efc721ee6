-- Invasive mechanical ventilation at any time of the ICU stay, by any of three records.
SELECT patientunitstayid AS stay, 1 AS value
FROM source.treatment
WHERE treatmentstring ILIKE '%mechanical ventilation%'
  AND treatmentstring NOT ILIKE '%non-invasive%'
UNION
SELECT patientunitstayid, 1
FROM source.respiratorycare
WHERE airwaytype IN ('Oral ETT', 'Nasal ETT', 'Tracheostomy', 'Double-Lumen Tube')
UNION
SELECT patientunitstayid, 1
FROM source.respiratorycharting
WHERE respchartvaluelabel = 'RT Vent On/Off' AND lower(respchartvalue) IN ('start', 'continued')
   OR respchartvaluelabel IN ('Tidal Volume (set)', 'Vent Rate') AND TRY_CAST(respchartvalue AS DOUBLE) > 0;
