-- Infusions and boluses of the ICU stay. The item is its label.
SELECT
  e.stay_id AS stay,
  round(date_diff('second', r.intime, e.starttime) / 60.0) AS minute,
  e.orderid AS source_row,
  coalesce(d.label, CAST(e.itemid AS VARCHAR)) AS itemid,
  e.amount,
  e.amountuom,
  e.rate,
  e.rateuom,
  e.ordercategoryname,
  e.secondaryordercategoryname,
  e.ordercomponenttypedescription,
  e.ordercategorydescription,
  e.patientweight,
  e.totalamount,
  e.totalamountuom,
  CAST(e.isopenbag AS VARCHAR) AS isopenbag,
  e.originalamount,
  e.originalrate
FROM source.inputevents e
JOIN remaining r ON r.stay = e.stay_id
LEFT JOIN source.d_items d USING (itemid);
