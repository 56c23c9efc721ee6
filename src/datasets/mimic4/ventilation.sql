-- Invasive mechanical ventilation at any time of the ICU stay: the procedure "Invasive Ventilation" (225792).
SELECT DISTINCT stay_id AS stay, 1 AS value
FROM source.procedureevents
WHERE itemid = 225792;
