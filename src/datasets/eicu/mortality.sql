-- Hospital death: hospitaldischargestatus 'Expired' against 'Alive'; blank is unknown.
SELECT stay, CASE hospitaldischargestatus WHEN 'Expired' THEN 1 WHEN 'Alive' THEN 0 END AS value
FROM candidates;
