-- Cells in which more accounts act on an object than one may list by pairs.
SELECT object, cell, COUNT(DISTINCT account) AS accounts, COUNT(*) AS actions, MIN(time) AS since, MAX(time) AS until
FROM near, settings
GROUP BY object, cell, viral
HAVING COUNT(DISTINCT account) > viral
