-- Starts or ends of the districts do not add up to the territory that holds them.
-- severity: stop
-- override: never

WITH totals AS (
  SELECT geo, period, measure, value
  FROM cubes.flows
  WHERE contract_group = '_T' AND sector = '_T' AND occupation = '_T'
), sums AS (
  SELECT g.geo, t.period, t.measure, sum(t.value) AS value
  FROM totals t
  JOIN marts.geo_paths f ON f.leaf = t.geo AND f.geo = t.geo AND f.finest
  JOIN marts.geo_paths g ON g.leaf = t.geo AND NOT g.finest
  GROUP BY g.geo, t.period, t.measure
)
SELECT t.geo, t.period, t.measure
FROM totals t
JOIN sums s ON s.geo = t.geo AND s.period = t.period AND s.measure = t.measure
WHERE t.value IS DISTINCT FROM s.value
