-- title.it: I due datori maggiori di ogni cella dei flussi
-- title.en: The two largest employers of each cell of flows
-- description.it: Di ogni numero di cubes.flows in cui un datore pesa almeno quanto tutti gli altri, tolto il secondo: il totale e i due contributi maggiori. Non si pubblica: serve alla regola p %.
-- description.en: Of each number of cubes.flows in which one employer weighs at least as much as all others but the second: the total and its two largest contributions. Never published: the p % rule asks for it.
-- grain: geo, period_type, period, contract_group, sector, occupation, measure, part
-- materialize: table

WITH events AS MATERIALIZED (
  SELECT measure, employer, district, month, contract_group, sector, occupation, jobs FROM marts.employer_jobs
), listed AS (
  -- quarters and years are numbers until the end: names cost more than the count
  SELECT measure, employer, district, month // 3 AS quarter,
         CASE WHEN grouping(contract_group) = 0 THEN contract_group ELSE '_T' END AS contract_group,
         CASE WHEN grouping(sector) = 0 THEN sector ELSE '_T' END AS sector,
         CASE WHEN grouping(occupation) = 0 THEN occupation ELSE '_T' END AS occupation, sum(jobs) AS jobs
  FROM events
  GROUP BY GROUPING SETS ((measure, employer, district, month // 3), (measure, employer, district, month // 3, contract_group),
    (measure, employer, district, month // 3, sector), (measure, employer, district, month // 3, occupation))
), dated AS (
  SELECT measure, employer, district, 'quarter' AS period_type, quarter AS period, contract_group, sector, occupation, jobs FROM listed
  UNION ALL
  SELECT measure, employer, district, 'year', quarter // 4, contract_group, sector, occupation, jobs FROM listed
  UNION ALL
  SELECT measure, employer, district, 'month', month, '_T', '_T', '_T', jobs FROM events
), given AS (
  SELECT d.measure, d.employer, g.geo, d.period_type, d.period, d.contract_group, d.sector, d.occupation, sum(d.jobs) AS jobs
  FROM dated d
  JOIN marts.geo_paths g ON g.leaf = d.district
  GROUP BY ALL
), cells AS (
  SELECT measure, geo, period_type, period, contract_group, sector, occupation,
         count(*) AS contributors, sum(jobs) AS total, max(jobs, 2) AS largest
  FROM given
  GROUP BY ALL
)
SELECT geo, period_type,
       CASE period_type WHEN 'year' THEN CAST(period AS VARCHAR)
                        WHEN 'quarter' THEN period // 4 || '-Q' || (period % 4 + 1)
                        ELSE printf('%d-%02d', period // 12, period % 12 + 1) END AS period,
       contract_group, sector, occupation, measure, 'value' AS part, contributors, CAST(total AS DOUBLE) AS total,
       CAST(largest[1] AS DOUBLE) AS first, CAST(coalesce(largest[2], 0) AS DOUBLE) AS second
FROM cells
WHERE total - largest[1] - coalesce(largest[2], 0) <= largest[1]
