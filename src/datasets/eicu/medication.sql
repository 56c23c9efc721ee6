-- Ordered drugs: active from start to stop of the order; an order without a stop counts at its start only. Cancelled
-- orders are left out. Where the name is blank, the name that this source gives most often for the same HICL code is
-- taken (an HICL code stands for one combination of ingredients).
WITH names_of_codes AS (
  SELECT drughiclseqno, drugname
  FROM source.medication
  WHERE drughiclseqno IS NOT NULL AND drugname IS NOT NULL
  GROUP BY drughiclseqno, drugname
  QUALIFY row_number() OVER (PARTITION BY drughiclseqno ORDER BY count(*) DESC, drugname) = 1
)
SELECT
  m.patientunitstayid AS stay,
  m.drugstartoffset AS first_minute,
  -- A stop of 0 or before the start is how the source writes an unknown one.
  CASE WHEN m.drugstopoffset > m.drugstartoffset AND m.drugstopoffset <> 0 THEN m.drugstopoffset ELSE m.drugstartoffset END
    AS last_minute,
  coalesce(m.drugname, n.drugname) AS drug
FROM source.medication m
LEFT JOIN names_of_codes n USING (drughiclseqno)
WHERE coalesce(m.drugordercancelled, 'No') <> 'Yes';
