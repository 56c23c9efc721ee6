-- Sepsis by billing: the hospital stay has an ICD-9 code of sepsis or septicaemia (995.91, 995.92, 785.52, 038.x).
-- Billed at discharge, so without a time; not Sepsis-3.
SELECT DISTINCT c.stay, 1 AS value
FROM source.diagnoses_icd d
JOIN candidates c ON c.admission = d.hadm_id
WHERE d.icd9_code IN ('99591', '99592', '78552') OR d.icd9_code LIKE '038%';
