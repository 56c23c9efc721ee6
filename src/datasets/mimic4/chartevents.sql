-- Charted values of the ICU.
SELECT
  r.stay,
  date_diff('second', r.intime, c.charttime) / 60.0 AS minute,
  i.feature,
  c.valuenum AS value,
  coalesce(i.unit, c.valueuom) AS unit
FROM source.chartevents c
JOIN items i ON i.origin = 'chartevents' AND i.item_number = c.itemid
JOIN remaining r ON r.stay = c.stay_id;
