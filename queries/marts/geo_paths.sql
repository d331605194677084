-- title.it: Appartenenze territoriali
-- title.en: Territorial paths
-- description.it: Ogni territorio con sé stesso e con ciascun territorio che lo contiene.
-- description.en: Each territory with itself and with every territory that contains it.
-- grain: leaf, geo
-- materialize: table
-- column.finest.it: il livello non contiene altri livelli
-- column.finest.en: no other level lies below this one

-- Two hierarchies overlap (a health authority may cross provinces), so a leaf
-- is summed into each of its parents directly and never level by level.
WITH paths AS (
  SELECT code AS leaf, code AS geo FROM reference.geo
  UNION ALL
  SELECT code AS leaf, parent AS geo FROM reference.geo_parent
), containing_levels AS (
  SELECT DISTINCT g.level
  FROM reference.geo_parent p
  JOIN reference.geo g ON g.code = p.parent
)
SELECT p.leaf, p.geo, g.level AS geo_level, c.level IS NULL AS finest
FROM paths p
JOIN reference.geo g ON g.code = p.geo
LEFT JOIN containing_levels c ON c.level = g.level
