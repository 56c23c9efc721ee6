-- Cohort of the PhysioNet/CinC Challenge 2012: 48 hours from ICU admission, hour by hour.
-- Reads the views `charted` (RecordID, Time as HH:MM, Parameter, Value) and `outcomes` (RecordID, died), and the table
-- `parameters` (feature = column number, name, low, high, aggregate).

-- Rows at 00:00 hold the descriptors of the patient; -1 means missing there. Weight at 00:00 is the admission weight.
CREATE TABLE descriptors AS
SELECT
  RecordID,
  max(Value) FILTER (Parameter = 'Age' AND Value >= 0) AS age,
  max(Value) FILTER (Parameter = 'Gender' AND Value >= 0) AS sex,
  max(Value) FILTER (Parameter = 'Height' AND Value >= 0) AS height,
  first(Value) FILTER (Parameter = 'Weight' AND Value >= 0) AS weight,
  max(Value) FILTER (Parameter = 'ICUType') AS icu_type
FROM charted
WHERE Time = '00:00'
GROUP BY RecordID;

-- Everything else on the clock: minutes from ICU admission, within the 48 hours of the grid (48:00 itself is outside).
CREATE TABLE measured AS
SELECT
  c.RecordID,
  60 * CAST(split_part(c.Time, ':', 1) AS INTEGER) + CAST(split_part(c.Time, ':', 2) AS INTEGER) AS minute,
  p.feature,
  p.aggregate,
  c.Value AS value,
  c.Value IS NOT NULL AND c.Value BETWEEN p.low AND p.high AS plausible
FROM charted c
JOIN parameters p ON p.name = c.Parameter
WHERE NOT (c.Time = '00:00' AND c.Parameter = 'Weight');

-- One stay a record, numbered by id; records with descriptors only are left out.
CREATE TABLE stays AS
SELECT
  CAST(row_number() OVER (ORDER BY d.RecordID) - 1 AS INTEGER) AS stay,
  d.RecordID,
  CAST(d.icu_type AS INTEGER) AS icu_type,
  CAST(d.age AS DOUBLE) AS age,
  CAST(d.sex AS DOUBLE) AS sex,
  CAST(d.height AS DOUBLE) AS height,
  CAST(d.weight AS DOUBLE) AS weight,
  CAST(o.died AS DOUBLE) AS died
FROM descriptors d
JOIN outcomes o USING (RecordID)
WHERE d.RecordID IN (SELECT RecordID FROM measured WHERE minute < 48 * 60 AND plausible);

-- One value an hour: the mean, the sum, the last one, or 1 where the treatment is charted.
CREATE TABLE hourly AS
SELECT
  s.stay,
  CAST(m.minute // 60 AS INTEGER) AS t,
  m.feature,
  CAST(
    CASE any_value(m.aggregate)
      WHEN 'sum' THEN sum(m.value)
      WHEN 'last' THEN arg_max(m.value, m.minute)
      WHEN 'given' THEN 1
      ELSE avg(m.value)
    END AS DOUBLE
  ) AS value
FROM measured m
JOIN stays s USING (RecordID)
WHERE m.minute < 48 * 60 AND m.plausible
GROUP BY s.stay, t, m.feature;

CREATE VIEW left_out AS
SELECT p.name, count(*) AS entries
FROM measured m
JOIN parameters p USING (feature)
WHERE NOT m.plausible AND m.minute < 48 * 60
GROUP BY p.name;
