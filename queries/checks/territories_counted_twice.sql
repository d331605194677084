-- A territory lies in two territories of one level, so that level would count it twice: correct geo_parent.csv of the geography.
-- severity: stop
-- override: never

SELECT leaf AS geo, geo_level
FROM marts.geo_paths
GROUP BY leaf, geo_level
HAVING count(*) > 1
