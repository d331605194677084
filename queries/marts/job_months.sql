-- title.it: Movimenti dei rapporti di lavoro per mese
-- title.en: Movements of work relationships by month
-- description.it: Per distretto della sede di lavoro e mese: quanti rapporti iniziano, finiscono e diventano a tempo indeterminato.
-- description.en: By district of the workplace and month: how many relationships start, end and become open-ended.
-- grain: district, month
-- materialize: table
-- column.month.it: primo giorno del mese
-- column.month.en: first day of the month

-- Months are numbers here (year times twelve plus month less one): names cost
-- more than the count. Relationships are read once, and counted by one month at a time.
WITH dated AS (
  SELECT district_no, start_on, end_on, stabilised_on FROM marts.jobs
), numbered AS (
  SELECT district_no, 12 * year(start_on) + month(start_on) - 1 AS started_no, 12 * year(end_on) + month(end_on) - 1 AS ended_no,
         12 * year(stabilised_on) + month(stabilised_on) - 1 AS stabilised_no
  FROM dated
), counted AS (
  SELECT district_no, coalesce(started_no, ended_no, stabilised_no) AS month_no,
         CASE WHEN grouping(started_no) = 0 THEN count(*) ELSE 0 END AS starts,
         CASE WHEN grouping(ended_no) = 0 THEN count(*) ELSE 0 END AS ends,
         CASE WHEN grouping(stabilised_no) = 0 THEN count(*) ELSE 0 END AS transformations
  FROM numbered
  GROUP BY GROUPING SETS ((district_no, started_no), (district_no, ended_no), (district_no, stabilised_no))
), summed AS (
  SELECT district_no, month_no, CAST(sum(starts) AS BIGINT) AS starts, CAST(sum(ends) AS BIGINT) AS ends, CAST(sum(transformations) AS BIGINT) AS transformations
  FROM counted
  WHERE month_no IS NOT NULL
  GROUP BY district_no, month_no
)
SELECT d.code AS district, make_date(s.month_no // 12, s.month_no % 12 + 1, 1) AS month, s.starts, s.ends, s.transformations
FROM summed s
JOIN marts.code_numbers d ON d.list = 'geo' AND d.number = s.district_no
