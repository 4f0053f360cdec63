-- Accounts that act often enough to be looked at at all: by contents, so that a post with a link and
-- a hashtag counts once.
SELECT account
FROM actions, settings
GROUP BY account, least
HAVING COUNT(DISTINCT content) >= least
