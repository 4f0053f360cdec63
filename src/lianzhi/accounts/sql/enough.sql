-- Accounts that take part in pairs with contents enough.
SELECT account
FROM (
  SELECT account, content FROM pairs
  UNION
  SELECT account_y, content_y FROM pairs
) AS paired, settings
GROUP BY account, least
HAVING COUNT(*) >= least
