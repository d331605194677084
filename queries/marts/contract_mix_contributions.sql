-- title.it: I due datori maggiori di ogni numero di avviamenti per contratto
-- title.en: The two largest employers of each number of starts by contract
-- description.it: Come marts.flows_contributions, per numeratori e denominatori di cubes.contract_mix.
-- description.en: As marts.flows_contributions, for numerators and denominators of cubes.contract_mix.
-- grain: geo, period_type, period, sector, measure, part
-- materialize: table

WITH listed AS (
  -- all starts have no measure of their own: they stand below each
  SELECT employer, district, month // 3 AS quarter,
         CASE WHEN grouping(sector) = 0 THEN sector ELSE '_T' END AS sector,
         CASE WHEN grouping(contract_group) = 0 THEN contract_group END AS measure, sum(jobs) AS jobs
  FROM marts.employer_jobs
  WHERE measure = 'starts'
  GROUP BY GROUPING SETS ((employer, district, month // 3), (employer, district, month // 3, sector),
    (employer, district, month // 3, contract_group), (employer, district, month // 3, sector, contract_group))
), dated AS (
  SELECT employer, district, 'quarter' AS period_type, quarter AS period, sector, measure, jobs FROM listed
  UNION ALL
  SELECT employer, district, 'year', quarter // 4, sector, measure, jobs FROM listed
), given AS (
  SELECT d.employer, g.geo, d.period_type, d.period, d.sector, d.measure, sum(d.jobs) AS jobs
  FROM dated d
  JOIN marts.geo_paths g ON g.leaf = d.district
  GROUP BY ALL
), cells AS (
  SELECT geo, period_type, period, sector, measure, count(*) AS contributors, sum(jobs) AS total, max(jobs, 2) AS largest
  FROM given
  GROUP BY ALL
), close AS (
  SELECT geo, period_type, CASE period_type WHEN 'year' THEN CAST(period AS VARCHAR) ELSE period // 4 || '-Q' || (period % 4 + 1) END AS period,
         sector, measure, contributors, CAST(total AS DOUBLE) AS total,
         CAST(largest[1] AS DOUBLE) AS first, CAST(coalesce(largest[2], 0) AS DOUBLE) AS second
  FROM cells
  WHERE total - largest[1] - coalesce(largest[2], 0) <= largest[1]
)
SELECT geo, period_type, period, sector, measure, 'numerator' AS part, contributors, total, first, second
FROM close
WHERE measure IS NOT NULL
UNION ALL
SELECT c.geo, c.period_type, c.period, c.sector, k.code, 'denominator', c.contributors, c.total, c.first, c.second
FROM close c
JOIN reference.codes k ON k.list = 'contract_group'
WHERE c.measure IS NULL
