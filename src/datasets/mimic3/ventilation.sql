-- Invasive mechanical ventilation at any time of the ICU stay: a MetaVision procedure "Invasive Ventilation" (225792), or a
-- charted ventilator mode (CareVue 720, MetaVision 223849) that is none of the non-invasive ones.
SELECT icustay_id AS stay, 1 AS value
FROM source.procedureevents_mv
WHERE itemid = 225792
UNION
SELECT icustay_id, 1
FROM source.chartevents
WHERE itemid IN (720, 223849)
  AND value IS NOT NULL
  AND value NOT IN ('Other/Remarks', 'Standby', 'Ambient', 'NIV', 'NIV-ST')
  AND coalesce(error, 0) <> 1;
