-- A territory lies in no territory of a level that others lie in: that level would add up to less than the whole, and protection would rest on a sum that is none. Correct geo_parent.csv of the geography.
-- severity: stop
-- override: never

WITH finest AS (
  SELECT code FROM reference.geo ANTI JOIN reference.geo_parent p ON p.parent = geo.code
), levels AS (
  SELECT DISTINCT geo_level FROM marts.geo_paths WHERE leaf <> geo
)
SELECT f.code AS geo, l.geo_level
FROM finest f
CROSS JOIN levels l
ANTI JOIN marts.geo_paths g ON g.leaf = f.code AND g.geo_level = l.geo_level
