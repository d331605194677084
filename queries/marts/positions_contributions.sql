-- title.it: I due datori maggiori di ogni numero di rapporti in corso
-- title.en: The two largest employers of each number of relationships running
-- description.it: Come marts.flows_contributions, per cubes.positions: i rapporti in corso l'ultimo giorno del periodo, presso chi è datore alla fine.
-- description.en: As marts.flows_contributions, for cubes.positions: relationships running on the last day of the period, with who is the employer in the end.
-- grain: geo, period_type, period, contract_group, sector, measure, part
-- materialize: table

WITH days AS (
  SELECT p.period_type, p.period, p.last_day
  FROM marts.periods p
  JOIN marts.completeness c ON c.contract = 'placements' AND p.last_day BETWEEN c.complete_from AND c.complete_to
), last_days AS (
  SELECT DISTINCT last_day FROM days
), running AS (
  SELECT d.last_day, j.last_employer AS employer, j.district, j.sector,
         CASE WHEN j.stabilised_on <= d.last_day THEN 'open_ended' ELSE j.contract_group END AS contract_group, count(*) AS jobs
  FROM marts.employer_spells j
  JOIN last_days d ON d.last_day >= j.start_on AND d.last_day <= coalesce(j.end_on, DATE '9999-12-31')
  GROUP BY ALL
), listed AS (
  SELECT last_day, employer, district,
         CASE WHEN grouping(contract_group) = 0 THEN contract_group ELSE '_T' END AS contract_group,
         CASE WHEN grouping(sector) = 0 THEN sector ELSE '_T' END AS sector, sum(jobs) AS jobs
  FROM running
  GROUP BY GROUPING SETS ((last_day, employer, district), (last_day, employer, district, contract_group), (last_day, employer, district, sector))
), given AS (
  SELECT l.last_day, l.employer, g.geo, l.contract_group, l.sector, sum(l.jobs) AS jobs
  FROM listed l
  JOIN marts.geo_paths g ON g.leaf = l.district
  GROUP BY ALL
), cells AS (
  SELECT last_day, geo, contract_group, sector, count(*) AS contributors, sum(jobs) AS total, max(jobs, 2) AS largest
  FROM given
  GROUP BY ALL
)
SELECT c.geo, d.period_type, d.period, c.contract_group, c.sector, 'positions' AS measure, 'value' AS part, c.contributors,
       CAST(c.total AS DOUBLE) AS total, CAST(c.largest[1] AS DOUBLE) AS first, CAST(coalesce(c.largest[2], 0) AS DOUBLE) AS second
FROM cells c
JOIN days d ON d.last_day = c.last_day
WHERE c.total - c.largest[1] - coalesce(c.largest[2], 0) <= c.largest[1]
