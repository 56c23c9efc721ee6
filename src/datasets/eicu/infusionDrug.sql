-- Running infusions: one row each time a rate is charted; a rate of 0 is a stopped infusion. Rates are text, and
-- what is no number (such as "ERROR") still shows that the infusion was there.
SELECT
  patientunitstayid AS stay,
  infusionoffset AS first_minute,
  infusionoffset AS last_minute,
  drugname AS drug
FROM source.infusiondrug
WHERE coalesce(TRY_CAST(drugrate AS DOUBLE), 1) > 0;
