-- title.it: Offerte di lavoro
-- title.en: Vacancies
-- description.it: Una riga per offerta di lavoro pubblicata: l'ultima versione consegnata.
-- description.en: One row per published vacancy: its latest delivered version.
-- grain: vacancy_id
-- materialize: table

-- The latest version wins whatever the order in which deliveries arrived:
-- first by the supplier's own date, then by the date of issue.
-- Nearly every row came once: only the others are sorted.
WITH current AS NOT MATERIALIZED (
  SELECT d.vacancy_id, d.opened_on, d.closed_on, d.positions, d.occupation, d.occupation_version,
         d.sector, d.sector_version, d.comune, d.contract, d.updated_on,
         l.issue_order, d.line
  FROM raw.vacancies d
  JOIN ledger.current_loads l ON l.load_id = d.load_id
), repeated AS (
  SELECT vacancy_id FROM current GROUP BY vacancy_id HAVING count(*) > 1
), latest AS (
  SELECT c.vacancy_id, c.opened_on, c.closed_on, c.positions, c.occupation, c.occupation_version,
         c.sector, c.sector_version, c.comune, c.contract, c.updated_on
  FROM current c
  SEMI JOIN repeated r ON r.vacancy_id = c.vacancy_id
  QUALIFY row_number() OVER (
    PARTITION BY c.vacancy_id
    ORDER BY c.updated_on DESC, c.issue_order DESC, c.line DESC
  ) = 1
)
SELECT c.vacancy_id, c.opened_on, c.closed_on, c.positions, c.occupation, c.occupation_version,
       c.sector, c.sector_version, c.comune, c.contract, c.updated_on
FROM current c
ANTI JOIN repeated r ON r.vacancy_id = c.vacancy_id
UNION ALL
SELECT vacancy_id, opened_on, closed_on, positions, occupation, occupation_version, sector,
       sector_version, comune, contract, updated_on
FROM latest
