-- Infusions of CareVue: one row each time an amount or rate is charted.
SELECT
  e.icustay_id AS stay,
  date_diff('second', r.intime, e.charttime) / 60.0 AS first_minute,
  date_diff('second', r.intime, e.charttime) / 60.0 AS last_minute,
  d.label AS drug
FROM source.inputevents_cv e
JOIN remaining r ON r.stay = e.icustay_id
JOIN source.d_items d USING (itemid)
WHERE e.amount > 0 OR e.rate > 0;
