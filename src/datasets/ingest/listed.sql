-- Adds one source table's measurements of concepts whose median of a step is wanted.
CREATE OR REPLACE TABLE listing AS
SELECT stay_row, step, feature, fault, converted, unit, value
FROM measured
WHERE aggregate = 'median';

INSERT INTO value_counts
SELECT feature, CASE WHEN fault <> 0 OR converted THEN unit END, fault, converted, count(*) FROM listing GROUP BY ALL;

INSERT INTO listed
SELECT stay_row, step, feature, value FROM listing WHERE fault = 0;

DROP TABLE listing;
