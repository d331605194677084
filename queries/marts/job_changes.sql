-- title.it: Movimenti dei rapporti di lavoro
-- title.en: Movements of work relationships
-- description.it: Per distretto della sede di lavoro, trimestre, gruppo di contratto, settore e professione: quanti rapporti iniziano, finiscono e diventano a tempo indeterminato, e di quanto cambia il numero di quelli in corso.
-- description.en: By district of the workplace, quarter, contract group, sector and occupation: how many relationships start, end and become open-ended, and by how much the number of those running changes.
-- grain: district, quarter, contract_group, sector, occupation
-- materialize: table
-- column.quarter.it: primo giorno del trimestre
-- column.quarter.en: first day of the quarter
-- column.contract_group.it: inizi, fini e trasformazioni: gruppo dell'avviamento; change: gruppo in quel momento
-- column.contract_group.en: starts, ends and transformations: group of the start; change: group at that time
-- column.change.it: rapporti che entrano fra quelli in corso meno quelli che ne escono; chi finisce l'ultimo giorno del trimestre esce nel successivo
-- column.change.en: relationships that join those running less those that leave them; one that ends on the last day of a quarter leaves in the next

-- Counted by district first, so that few rows are left to sum over periods and
-- territories. A relationship covers its last day, so it leaves on the day after.
-- Quarters are numbers here (year times four plus quarter): names cost more
-- than the count.
WITH started AS (
  SELECT district, year(start_on) * 4 + quarter(start_on) AS quarter, contract_group, sector, occupation, count(*) AS jobs
  FROM marts.jobs
  GROUP BY ALL
), ended AS (
  SELECT district, year(end_on) * 4 + quarter(end_on) AS quarter, year(end_on + 1) * 4 + quarter(end_on + 1) AS next_quarter,
         contract_group, stabilised_on IS NOT NULL AS stabilised, sector, occupation, count(*) AS jobs
  FROM marts.jobs
  WHERE end_on IS NOT NULL
  GROUP BY ALL
), transformed AS (
  SELECT district, year(stabilised_on) * 4 + quarter(stabilised_on) AS quarter, contract_group, sector, occupation, count(*) AS jobs
  FROM marts.jobs
  WHERE stabilised_on IS NOT NULL
  GROUP BY ALL
), movements AS (
  SELECT district, quarter, contract_group, sector, occupation, jobs AS starts, 0 AS ends, 0 AS transformations, jobs AS change
  FROM started
  UNION ALL
  SELECT district, quarter, contract_group, sector, occupation, 0, jobs, 0, 0
  FROM ended
  UNION ALL
  -- who became open-ended leaves from there
  SELECT district, next_quarter, CASE WHEN stabilised THEN 'open_ended' ELSE contract_group END, sector, occupation, 0, 0, 0, -jobs
  FROM ended
  UNION ALL
  SELECT district, quarter, contract_group, sector, occupation, 0, 0, jobs, -jobs
  FROM transformed
  UNION ALL
  SELECT district, quarter, 'open_ended', sector, occupation, 0, 0, 0, jobs
  FROM transformed
)
SELECT district, make_date((quarter - 1) // 4, (quarter - 1) % 4 * 3 + 1, 1) AS quarter, contract_group, sector, occupation,
       CAST(sum(starts) AS BIGINT) AS starts, CAST(sum(ends) AS BIGINT) AS ends,
       CAST(sum(transformations) AS BIGINT) AS transformations, CAST(sum(change) AS BIGINT) AS change
FROM movements
GROUP BY ALL
