-- Laboratory results by name. eICU gives two units: that of the laboratory's interface, as written there, and one of
-- its own (labmeasurenamesystem). Results are not always brought to the latter (ionized calcium, magnesium and CRP of
-- some hospitals), so the interface's unit counts where the dictionary knows it, and eICU's elsewhere.
SELECT
  l.patientunitstayid AS stay,
  l.labresultoffset AS minute,
  i.feature,
  l.labresult AS value,
  coalesce(
    i.unit,
    CASE WHEN c.feature IS NOT NULL THEN l.labmeasurenameinterface END,
    l.labmeasurenamesystem
  ) AS unit
FROM source.lab l
JOIN items i ON i.origin = 'lab' AND i.item = lower(l.labname)
LEFT JOIN conversions c
  ON c.feature = i.feature
  AND c.unit = replace(lower(l.labmeasurenameinterface), ' ', '');
