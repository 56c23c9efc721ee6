-- Laboratory results name no ICU stay: they belong to the patient's stay that they fall into.
SELECT
  r.stay,
  date_diff('second', r.intime, l.charttime) / 60.0 AS minute,
  i.feature,
  l.valuenum AS value,
  coalesce(i.unit, l.valueuom) AS unit
FROM source.labevents l
JOIN items i ON i.origin = 'labevents' AND i.item_number = l.itemid
JOIN remaining r ON r.subject_id = l.subject_id AND l.charttime >= r.intime AND l.charttime < r.outtime;
