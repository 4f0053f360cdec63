-- Pairs by their two accounts. Two contents that meet on several objects count once; each side's
-- contents are counted for the side that they are of.
SELECT
  source, sink, COUNT(*) AS weight, SUM(time_delta) AS total_delta,
  COUNT(DISTINCT content) AS contents, COUNT(DISTINCT content_y) AS contents_y
FROM (
  SELECT
    CASE WHEN account < account_y THEN account ELSE account_y END AS source,
    CASE WHEN account < account_y THEN account_y ELSE account END AS sink,
    CASE WHEN account < account_y THEN content ELSE content_y END AS content,
    CASE WHEN account < account_y THEN content_y ELSE content END AS content_y,
    MIN(time_delta) AS time_delta
  FROM kept
  GROUP BY 1, 2, 3, 4
) AS met
GROUP BY source, sink
