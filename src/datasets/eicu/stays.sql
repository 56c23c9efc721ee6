-- One row an ICU stay of eICU-CRD. Times are minutes from unit admission. Blank cells are null.
-- The age "> 89" is written as 90, the youngest it can be.
CREATE TABLE candidates AS
SELECT
  p.patientunitstayid AS stay,
  -- The person: the same in every hospital. Splits go by it.
  p.uniquepid AS patient,
  p.patienthealthsystemstayid AS admission,
  p.unitvisitnumber AS stay_order,
  p.unitdischargeoffset AS minutes,
  p.hospitaldischargestatus,

  CAST(p.hospitalid AS VARCHAR) AS hospital,
  coalesce(h.region, 'Unknown') AS region,
  coalesce(h.region, 'Unknown') || ', ' || coalesce(h.numbedscategory, 'Unknown') || ' beds' AS "region,beds",
  coalesce(p.unittype, 'Unknown') AS unit,

  CASE WHEN trim(p.age) = '> 89' THEN 90 ELSE TRY_CAST(p.age AS DOUBLE) END AS age,
  CASE p.gender WHEN 'Female' THEN 'F' WHEN 'Male' THEN 'M' END AS sex,
  CASE p.ethnicity
    WHEN 'Caucasian' THEN 'White'
    WHEN 'African American' THEN 'Black'
    WHEN 'Hispanic' THEN 'Hispanic'
    WHEN 'Asian' THEN 'Asian'
    WHEN 'Native American' THEN 'Other'
    WHEN 'Other/Unknown' THEN 'Other'
  END AS race,
  p.admissionheight AS height,
  p.admissionweight AS weight
FROM source.patient p
LEFT JOIN source.hospital h USING (hospitalid);
