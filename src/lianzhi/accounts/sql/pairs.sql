-- Every two actions of two accounts on one object at most a period apart, once, the older first. Of
-- two at the same time the one with the lesser content comes first.
SELECT
  a.object, a.content, b.content AS content_y, b.time - a.time AS time_delta, a.account, b.account AS account_y
FROM (
  SELECT account, object, content, time, cell FROM calm
  UNION ALL
  SELECT account, object, content, time, cell + period FROM calm, settings
) AS a
JOIN calm AS b ON a.object = b.object AND a.cell = b.cell, settings
WHERE a.account <> b.account
  AND a.content <> b.content
  AND b.time - a.time <= period
  AND (a.time < b.time OR (a.time = b.time AND a.content < b.content))
