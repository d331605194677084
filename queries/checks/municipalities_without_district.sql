-- A municipality of reference.comuni lies in no territory of the finest level: correct the geography of the instance.
-- severity: stop
-- override: never

-- A municipality of several centres has none on purpose: the centre of each row
-- tells its territory.
SELECT c.comune, c.geo
FROM reference.comuni c
LEFT JOIN marts.geo_paths g ON g.leaf = c.geo AND g.geo = c.geo AND g.finest
WHERE c.geo IS NOT NULL AND g.leaf IS NULL
