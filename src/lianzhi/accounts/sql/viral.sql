-- Crowded cells beside one another, as one burst. `most` is what the fullest of its cells holds.
SELECT object, MIN(since) AS since, MAX(until) AS until, SUM(actions) AS actions, MAX(accounts) AS most
FROM (
  SELECT
    object, since, until, actions, accounts,
    cell - period * ROW_NUMBER() OVER (PARTITION BY object ORDER BY cell) AS island
  FROM crowded, settings
) AS cells
GROUP BY object, island
