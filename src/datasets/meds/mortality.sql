-- Death before the end of the hospital stay.
SELECT stay, died AS value
FROM candidates;
