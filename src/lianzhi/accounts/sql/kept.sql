-- Pairs of which one side, at least, takes part often enough.
SELECT object, content, content_y, time_delta, account, account_y
FROM pairs
WHERE account IN (SELECT account FROM enough) OR account_y IN (SELECT account FROM enough)
