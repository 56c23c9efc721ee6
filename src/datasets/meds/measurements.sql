-- Events whose code is an item of the dictionary, or an item followed by further parts (LAB//50912//mg/dL). A third part
-- is the unit. Datasets made from MIMIC-IV (MIMIC_IV_MEDS) write its item numbers as LAB//<itemid>//<unit>.
WITH codes AS (
  SELECT DISTINCT code FROM source.events WHERE code IS NOT NULL
),
measuring AS (
  SELECT c.code, i.feature, i.unit
  FROM codes c
  JOIN items i ON i.origin = 'code' AND (i.item = lower(c.code) OR starts_with(lower(c.code), i.item || '//'))
  UNION
  SELECT c.code, i.feature, i.unit
  FROM codes c
  JOIN items i
    ON i.origin IN ('chartevents', 'labevents')
    AND i.item_number = TRY_CAST(split_part(c.code, '//', 2) AS BIGINT)
  WHERE starts_with(c.code, 'LAB//')
)
SELECT
  r.stay,
  date_diff('second', r.intime, e.time) / 60.0 AS minute,
  m.feature,
  e.numeric_value AS value,
  coalesce(m.unit, array_to_string(string_split(e.code, '//')[3:], '//')) AS unit
FROM source.events e
JOIN measuring m USING (code)
JOIN remaining r ON r.subject_id = e.subject_id AND e.time >= r.intime AND e.time < r.outtime;
