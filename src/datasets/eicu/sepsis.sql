-- Sepsis or septic shock documented during the ICU stay: an active or resolved diagnosis with an ICD-9 code of sepsis
-- (995.91, 995.92, 785.52, 038.x) or whose path names sepsis or septic shock. Not Sepsis-3.
SELECT DISTINCT patientunitstayid AS stay, 1 AS value
FROM source.diagnosis
WHERE diagnosisoffset >= 0
  AND (
    diagnosisstring ILIKE '%|sepsis%'
    OR diagnosisstring ILIKE '%septic shock%'
    OR regexp_matches(coalesce(icd9code, ''), '(^|[ ,])(995\.9[12]|785\.52|038(\.[0-9]+)?)([ ,]|$)')
  );
