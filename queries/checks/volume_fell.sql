-- A territory has far fewer rows of a source than in the same quarter a year before (more than check_volume_fall_percent less): ask the supplier whether rows are missing, or sign that the fall is real.
-- severity: stop

-- Only the last settled quarter of each source: what came before was looked at
-- when it was the last, and what changes later is found by the totals.
WITH settled AS (
  SELECT c.contract, p.period, p.first_day
  FROM marts.completeness c
  JOIN marts.periods p ON p.period_type = 'quarter' AND p.last_day <= c.settled_to
  QUALIFY row_number() OVER (PARTITION BY c.contract ORDER BY p.last_day DESC) = 1
), year_before AS (
  SELECT s.contract, s.period, b.period AS before
  FROM settled s
  JOIN marts.periods b ON b.period_type = 'quarter' AND b.first_day = s.first_day - INTERVAL 1 YEAR
)
SELECT y.contract, b.geo, y.period
FROM year_before y
JOIN marts.volumes b ON b.contract = y.contract AND b.period = y.before
LEFT JOIN marts.volumes n ON n.contract = y.contract AND n.period = y.period AND n.geo = b.geo
JOIN reference.parameters f ON f.name = 'check_volume_fall_percent'
JOIN reference.parameters l ON l.name = 'check_least_rows'
WHERE b.cases >= l.value
  AND coalesce(n.cases, 0) < b.cases * (1 - f.value / 100)
