-- Adds one source table's measurements of concepts whose median of a step is wanted.
INSERT INTO listed
SELECT stay_row, step, feature, conversion, fault, CASE WHEN fault = 0 THEN value END
FROM measured
WHERE feature IN (SELECT feature FROM features WHERE aggregate = 'median');
