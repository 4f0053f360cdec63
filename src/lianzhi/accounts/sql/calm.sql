-- What is left of them where crowded cells are taken out.
SELECT account, object, content, time, near.cell
FROM near
WHERE NOT EXISTS (SELECT 1 FROM crowded WHERE crowded.object = near.object AND crowded.cell = near.cell)
