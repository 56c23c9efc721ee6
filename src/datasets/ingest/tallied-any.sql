-- Adds one source table's measurements of concepts of which it is wanted whether any value of a step is not 0.
INSERT INTO tallies (stay_row, step, feature, conversion, fault, n, highest)
SELECT stay_row, step, feature, conversion, fault, count(*), max(CASE WHEN fault = 0 THEN abs(value) END)
FROM measured
WHERE feature IN (SELECT feature FROM features WHERE aggregate = 'any')
GROUP BY ALL;
