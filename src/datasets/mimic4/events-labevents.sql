-- Laboratory results of the hospital stay, by its number: rows without one are left out. The item is its label.
SELECT
  r.stay,
  round(date_diff('second', r.intime, l.charttime) / 60.0) AS minute,
  l.labevent_id AS source_row,
  coalesce(d.label, CAST(l.itemid AS VARCHAR)) AS itemid,
  l.value,
  l.valuenum,
  l.valueuom,
  l.ref_range_lower,
  l.ref_range_upper,
  l.flag,
  l.priority,
  l.comments
FROM source.labevents l
JOIN remaining r ON r.admission = l.hadm_id AND l.charttime <= r.outtime
LEFT JOIN source.d_labitems d USING (itemid);
