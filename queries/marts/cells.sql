-- title.it: Celle richieste
-- title.en: Requested cells
-- description.it: Le combinazioni di territorio e disaggregazione che il piano di pubblicazione richiede: al livello più fine solo i totali, sopra anche una disaggregazione alla volta.
-- description.en: The combinations of territory and breakdown that the publication plan asks for: totals only at the finest level, one breakdown at a time above it.
-- grain: geo, breakdown, code
-- materialize: table

WITH territories AS (
  SELECT geo, geo_level, finest FROM marts.geo_paths WHERE leaf = geo
)
SELECT t.geo_level, t.geo, '_T' AS breakdown, '_T' AS code
FROM territories t
UNION ALL
SELECT t.geo_level, t.geo, c.list AS breakdown, c.code
FROM territories t
CROSS JOIN reference.codes c
WHERE NOT t.finest
