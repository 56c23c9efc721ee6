-- Sepsis by billing: the hospital stay has an ICD code of sepsis: ICD-9 995.91, 995.92, 785.52, 038.x; ICD-10 A40.x, A41.x,
-- R65.20, R65.21. Billed at discharge, so without a time; not Sepsis-3.
SELECT DISTINCT c.stay, 1 AS value
FROM source.diagnoses_icd d
JOIN candidates c ON c.admission = d.hadm_id
WHERE d.icd_version = 9 AND (trim(d.icd_code) IN ('99591', '99592', '78552') OR d.icd_code LIKE '038%')
   OR d.icd_version = 10 AND (d.icd_code LIKE 'A40%' OR d.icd_code LIKE 'A41%' OR trim(d.icd_code) IN ('R6520', 'R6521'));
