-- The cohorts of the districts do not add up to the cohort of the territory that holds them.
-- severity: stop
-- override: never

WITH totals AS (
  SELECT geo, period, measure, numerator, denominator
  FROM cubes.out_employed
  WHERE sex = '_T' AND age_band = '_T' AND citizenship = '_T' AND education = '_T' AND duration = '_T'
    AND profile = '_T' AND path = '_T' AND programme = '_T'
), sums AS (
  SELECT g.geo, t.period, t.measure, sum(t.numerator) AS numerator, sum(t.denominator) AS denominator
  FROM totals t
  JOIN marts.geo_paths f ON f.leaf = t.geo AND f.geo = t.geo AND f.finest
  JOIN marts.geo_paths g ON g.leaf = t.geo AND NOT g.finest
  GROUP BY g.geo, t.period, t.measure
)
SELECT t.geo, t.period, t.measure
FROM totals t
JOIN sums s ON s.geo = t.geo AND s.period = t.period AND s.measure = t.measure
WHERE t.numerator IS DISTINCT FROM s.numerator OR t.denominator IS DISTINCT FROM s.denominator
