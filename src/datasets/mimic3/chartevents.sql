-- Charted values of both charting systems. Rows marked as errors are left out; where the stay is not named, the row
-- belongs to the patient's stay that it falls into.
SELECT
  r.stay,
  date_diff('second', r.intime, c.charttime) / 60.0 AS minute,
  i.feature,
  c.valuenum AS value,
  coalesce(i.unit, c.valueuom) AS unit
FROM source.chartevents c
JOIN items i ON i.origin = 'chartevents' AND i.item_number = c.itemid
JOIN remaining r
  ON r.subject_id = c.subject_id
  AND (c.icustay_id = r.stay OR c.icustay_id IS NULL AND c.charttime >= r.intime AND c.charttime < r.outtime)
WHERE coalesce(c.error, 0) <> 1;
