-- Laboratory results by name. The unit is labmeasurenamesystem, the one eICU brings every laboratory's results to;
-- ionized calcium is the exception: there the results stay in the unit of the laboratory's interface.
SELECT
  l.patientunitstayid AS stay,
  l.labresultoffset AS minute,
  i.feature,
  l.labresult AS value,
  coalesce(
    i.unit,
    CASE WHEN i.item = 'ionized calcium' THEN l.labmeasurenameinterface ELSE l.labmeasurenamesystem END
  ) AS unit
FROM source.lab l
JOIN items i ON i.origin = 'lab' AND i.item = lower(l.labname);
