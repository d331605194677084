-- title.it: I due datori maggiori di ogni numero di rapporti finiti per durata
-- title.en: The two largest employers of each number of relationships ended, by length
-- description.it: Come marts.flows_contributions, per numeratori e denominatori di cubes.contract_durations.
-- description.en: As marts.flows_contributions, for numerators and denominators of cubes.contract_durations.
-- grain: geo, period_type, period, contract_group, measure, part
-- materialize: table

WITH listed AS (
  -- all that ended has no measure of its own: it stands below each
  SELECT employer, district, month // 3 AS quarter,
         CASE WHEN grouping(contract_group) = 0 THEN contract_group ELSE '_T' END AS contract_group,
         CASE WHEN grouping(length) = 0 THEN length END AS measure, sum(jobs) AS jobs
  FROM marts.employer_jobs
  WHERE measure = 'ends'
  GROUP BY GROUPING SETS ((employer, district, month // 3), (employer, district, month // 3, contract_group),
    (employer, district, month // 3, length), (employer, district, month // 3, contract_group, length))
), dated AS (
  SELECT employer, district, 'quarter' AS period_type, quarter AS period, contract_group, measure, jobs FROM listed
  UNION ALL
  SELECT employer, district, 'year', quarter // 4, contract_group, measure, jobs FROM listed
), given AS (
  SELECT d.employer, g.geo, d.period_type, d.period, d.contract_group, d.measure, sum(d.jobs) AS jobs
  FROM dated d
  JOIN marts.geo_paths g ON g.leaf = d.district
  GROUP BY ALL
), cells AS (
  SELECT geo, period_type, period, contract_group, measure, count(*) AS contributors, sum(jobs) AS total, max(jobs, 2) AS largest
  FROM given
  GROUP BY ALL
), close AS (
  SELECT geo, period_type, CASE period_type WHEN 'year' THEN CAST(period AS VARCHAR) ELSE period // 4 || '-Q' || (period % 4 + 1) END AS period,
         contract_group, measure, contributors, CAST(total AS DOUBLE) AS total,
         CAST(largest[1] AS DOUBLE) AS first, CAST(coalesce(largest[2], 0) AS DOUBLE) AS second
  FROM cells
  WHERE total - largest[1] - coalesce(largest[2], 0) <= largest[1]
)
SELECT geo, period_type, period, contract_group, measure, 'numerator' AS part, contributors, total, first, second
FROM close
WHERE measure IS NOT NULL
UNION ALL
SELECT c.geo, c.period_type, c.period, c.contract_group, k.code, 'denominator', c.contributors, c.total, c.first, c.second
FROM close c
JOIN reference.codes k ON k.list = 'duration_class' AND k.code <> 'open'
WHERE c.measure IS NULL
