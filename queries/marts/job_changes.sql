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
-- Quarters are numbers here (year times four plus quarter less one), and so are
-- codes: names cost more than the count. Relationships are read once.
WITH counted AS (
  SELECT (CAST(district_no AS BIGINT) * 1000 + contract_group_no) * 1000000 + sector_no * 1000 + occupation_no AS kind,
         (12 * year(start_on) + month(start_on) - 1) // 3 AS started_no, (12 * year(end_on) + month(end_on) - 1) // 3 AS ended_no,
         (12 * year(end_on + 1) + month(end_on + 1) - 1) // 3 AS left_no, (12 * year(stabilised_on) + month(stabilised_on) - 1) // 3 AS stabilised_no,
         count(*) AS jobs
  FROM marts.jobs
  GROUP BY ALL
), open_ended AS (
  SELECT number FROM marts.code_numbers WHERE list = 'contract_group' AND code = 'open_ended'
), movements AS (
  SELECT kind, started_no AS quarter_no, jobs AS starts, 0 AS ends, 0 AS transformations, jobs AS change
  FROM counted
  UNION ALL
  SELECT kind, ended_no, 0, jobs, 0, 0
  FROM counted
  WHERE ended_no IS NOT NULL
  UNION ALL
  -- who became open-ended leaves from there
  SELECT CASE WHEN c.stabilised_no IS NOT NULL THEN c.kind // 1000000000 * 1000000000 + o.number * 1000000 + c.kind % 1000000 ELSE c.kind END, c.left_no, 0, 0, 0, -c.jobs
  FROM counted c
  CROSS JOIN open_ended o
  WHERE c.left_no IS NOT NULL
  UNION ALL
  SELECT kind, stabilised_no, 0, 0, jobs, -jobs
  FROM counted
  WHERE stabilised_no IS NOT NULL
  UNION ALL
  SELECT c.kind // 1000000000 * 1000000000 + o.number * 1000000 + c.kind % 1000000, c.stabilised_no, 0, 0, 0, c.jobs
  FROM counted c
  CROSS JOIN open_ended o
  WHERE c.stabilised_no IS NOT NULL
), summed AS (
  SELECT kind, quarter_no, CAST(sum(starts) AS BIGINT) AS starts, CAST(sum(ends) AS BIGINT) AS ends,
         CAST(sum(transformations) AS BIGINT) AS transformations, CAST(sum(change) AS BIGINT) AS change
  FROM movements
  GROUP BY kind, quarter_no
)
SELECT d.code AS district, make_date(s.quarter_no // 4, s.quarter_no % 4 * 3 + 1, 1) AS quarter,
       c.code AS contract_group, g.code AS sector, o.code AS occupation, s.starts, s.ends, s.transformations, s.change
FROM summed s
JOIN marts.code_numbers d ON d.list = 'geo' AND d.number = s.kind // 1000000000
LEFT JOIN marts.code_numbers c ON c.list = 'contract_group' AND c.number = s.kind // 1000000 % 1000
LEFT JOIN marts.code_numbers g ON g.list = 'sector' AND g.number = s.kind // 1000 % 1000
LEFT JOIN marts.code_numbers o ON o.list = 'occupation' AND o.number = s.kind % 1000
