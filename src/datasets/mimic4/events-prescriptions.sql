-- Prescriptions of the hospital stay. Numbers that are written as text become null where they are none.
SELECT
  r.stay,
  round(date_diff('second', r.intime, p.starttime) / 60.0) AS minute,
  p.pharmacy_id AS source_row,
  p.drug_type,
  p.drug,
  p.prod_strength,
  TRY_CAST(p.dose_val_rx AS DOUBLE) AS dose_val_rx,
  p.dose_unit_rx,
  TRY_CAST(p.form_val_disp AS DOUBLE) AS form_val_disp,
  p.form_unit_disp,
  TRY_CAST(p.doses_per_24_hrs AS DOUBLE) AS doses_per_24_hrs,
  p.route
FROM source.prescriptions p
JOIN remaining r ON r.admission = p.hadm_id AND p.starttime <= r.outtime;
