-- Cuff pressures, whenever taken: one column a pressure, of which the dictionary's are taken.
SELECT
  v.patientunitstayid AS stay,
  v.observationoffset AS minute,
  i.feature,
  CASE i.item
    WHEN 'noninvasivesystolic' THEN v.noninvasivesystolic
    WHEN 'noninvasivediastolic' THEN v.noninvasivediastolic
    WHEN 'noninvasivemean' THEN v.noninvasivemean
  END AS value,
  i.unit
FROM source.vitalaperiodic v
CROSS JOIN (SELECT * FROM items WHERE origin = 'vitalaperiodic') i;
