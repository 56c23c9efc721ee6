-- Death in the hospital stay that the ICU stay belongs to.
SELECT stay, hospital_expire_flag AS value
FROM candidates;
