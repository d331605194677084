-- title.it: Movimenti dei rapporti di lavoro per mese
-- title.en: Movements of work relationships by month
-- description.it: Per distretto della sede di lavoro e mese: quanti rapporti iniziano, finiscono e diventano a tempo indeterminato.
-- description.en: By district of the workplace and month: how many relationships start, end and become open-ended.
-- grain: district, month
-- materialize: table
-- column.month.it: primo giorno del mese
-- column.month.en: first day of the month

-- Months are numbers here (year times twelve plus month): names cost more than
-- the count.
WITH movements AS (
  SELECT district, year(start_on) * 12 + month(start_on) AS month, count(*) AS starts, 0 AS ends, 0 AS transformations
  FROM marts.jobs
  GROUP BY ALL
  UNION ALL
  SELECT district, year(end_on) * 12 + month(end_on), 0, count(*), 0
  FROM marts.jobs
  WHERE end_on IS NOT NULL
  GROUP BY ALL
  UNION ALL
  SELECT district, year(stabilised_on) * 12 + month(stabilised_on), 0, 0, count(*)
  FROM marts.jobs
  WHERE stabilised_on IS NOT NULL
  GROUP BY ALL
)
SELECT district, make_date((month - 1) // 12, (month - 1) % 12 + 1, 1) AS month, CAST(sum(starts) AS BIGINT) AS starts,
       CAST(sum(ends) AS BIGINT) AS ends, CAST(sum(transformations) AS BIGINT) AS transformations
FROM movements
GROUP BY ALL
