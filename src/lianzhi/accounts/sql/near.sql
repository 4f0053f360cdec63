-- Actions with another on the same object at most a period before or after, whoever's it is; all
-- others pair with nothing, and are most of what there is. A cell is a stretch of time as long as a
-- period: two actions a period apart or less lie in the same cell or in neighbouring ones.
SELECT account, object, content, time, time - time % period AS cell
FROM (
  SELECT
    account, object, content, time,
    LAG(time) OVER (PARTITION BY object ORDER BY time) AS before,
    LEAD(time) OVER (PARTITION BY object ORDER BY time) AS after
  FROM actions
  WHERE account IN (SELECT account FROM active)
) AS neighbours, settings
WHERE time - before <= period OR after - time <= period
