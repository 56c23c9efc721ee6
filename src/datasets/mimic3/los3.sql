-- ICU stay of more than 3 days.
SELECT stay, CAST(minutes > 3 * 1440 AS INTEGER) AS value
FROM candidates;
