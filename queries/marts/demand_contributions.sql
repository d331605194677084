-- title.it: I due datori maggiori di ogni numero di attivazioni per professione
-- title.en: The two largest employers of each number of starts by occupation
-- description.it: Come marts.flows_contributions, per le attivazioni di cubes.demand; chi offre i posti e chi cerca lavoro non sono datori noti.
-- description.en: As marts.flows_contributions, for the starts of cubes.demand; who offers vacancies and who seeks work are no known employers.
-- grain: geo, period_type, period, occupation, measure, part
-- materialize: table

WITH listed AS (
  SELECT employer, district, month // 3 AS quarter,
         CASE WHEN grouping(occupation) = 0 THEN occupation ELSE '_T' END AS occupation, sum(jobs) AS jobs
  FROM marts.employer_jobs
  WHERE measure = 'starts'
  GROUP BY GROUPING SETS ((employer, district, month // 3), (employer, district, month // 3, occupation))
), dated AS (
  SELECT employer, district, 'quarter' AS period_type, quarter AS period, occupation, jobs FROM listed
  UNION ALL
  SELECT employer, district, 'year', quarter // 4, occupation, jobs FROM listed
), given AS (
  SELECT d.employer, g.geo, d.period_type, d.period, d.occupation, sum(d.jobs) AS jobs
  FROM dated d
  JOIN marts.geo_paths g ON g.leaf = d.district
  GROUP BY ALL
), cells AS (
  SELECT geo, period_type, period, occupation, count(*) AS contributors, sum(jobs) AS total, max(jobs, 2) AS largest
  FROM given
  GROUP BY ALL
)
SELECT geo, period_type, CASE period_type WHEN 'year' THEN CAST(period AS VARCHAR) ELSE period // 4 || '-Q' || (period % 4 + 1) END AS period,
       occupation, 'starts' AS measure, 'value' AS part, contributors, CAST(total AS DOUBLE) AS total,
       CAST(largest[1] AS DOUBLE) AS first, CAST(coalesce(largest[2], 0) AS DOUBLE) AS second
FROM cells
WHERE total - largest[1] - coalesce(largest[2], 0) <= largest[1]
