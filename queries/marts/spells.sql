-- title.it: Periodi di lavoro
-- title.en: Spells of work
-- description.it: I rapporti di lavoro con date possibili, con il gruppo di contratto, se valgono come occupazione e se sono ormai inattendibili.
-- description.en: Work relationships with possible dates, with their contract group, whether they count as employment and whether they have gone stale.
-- grain: relationship_id
-- materialize: table
-- column.qualifying.it: lavoro subordinato, apprendistato, collaborazione o missione in somministrazione; mai un tirocinio
-- column.qualifying.en: employment, apprenticeship, collaboration or agency mission; never a traineeship
-- column.sector.it: sezione ATECO com'è comunicata
-- column.sector.en: section of ATECO as communicated
-- column.sector_group.it: gruppo di settori, lo stesso in ATECO 2007 e 2025
-- column.sector_group.en: group of sectors, the same in ATECO 2007 and 2025
-- column.occupation.it: grande gruppo della professione, nella versione in vigore all'avviamento
-- column.occupation.en: great group of the occupation, in the version in force at the start
-- column.stabilised_on.it: giorno in cui il rapporto è diventato a tempo indeterminato per trasformazione
-- column.stabilised_on.en: day on which a transformation made the relationship open-ended
-- column.stale.it: aperto da troppo tempo perché si possa credere ancora in corso
-- column.stale.en: open for too long to be believed still running

WITH persons AS (
  SELECT person_id, birth_year
  FROM marts.registrations
  QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY registered_on DESC, registration_id DESC) = 1
), limits AS (
  SELECT c.complete_to,
         (SELECT value FROM reference.parameters WHERE name = 'stale_age') AS stale_age,
         (SELECT value FROM reference.parameters WHERE name = 'stale_start_year') AS stale_start_year
  FROM marts.completeness c
  WHERE c.contract = 'placements'
), classified AS (
  SELECT section, sector, right(version, 4) AS version FROM reference.sectors
), versions AS (
  -- where the version is not told, it is the one in force on the day of the start
  SELECT max(valid_from) AS last_from, right(max(version), 4) AS last_version, right(min(version), 4) AS first_version
  FROM reference.sectors
), great_groups AS (
  SELECT DISTINCT code FROM reference.occupations
)
SELECT s.relationship_id, s.person_id, s.employer_id, s.last_employer_id, s.start_on, s.end_on, s.contract, s.form,
       CASE WHEN s.form = 'UNISOMM' THEN 'agency' ELSE k.contract_group END AS contract_group,
       coalesce(left(s.sector, 1), 'nd') AS sector, coalesce(g.sector, 'nd') AS sector_group,
       coalesce(o.code, 'nd') AS occupation, s.workplace_comune, s.stabilised_on,
       (coalesce(k.qualifying, false) OR s.form = 'UNISOMM') AND s.contract NOT LIKE 'C.%' AS qualifying,
       s.end_on IS NULL AND (
         year(s.start_on) < l.stale_start_year
         OR coalesce(year(l.complete_to) - p.birth_year > l.stale_age, false)
       ) AS stale
FROM marts.relationships s
CROSS JOIN limits l
CROSS JOIN versions v
LEFT JOIN reference.contracts k ON k.code = s.contract
LEFT JOIN persons p ON p.person_id = s.person_id
LEFT JOIN classified g
  ON g.section = left(s.sector, 1)
 AND g.version = coalesce(s.sector_version, CASE WHEN s.start_on < v.last_from THEN v.first_version ELSE v.last_version END)
LEFT JOIN great_groups o ON o.code = left(s.occupation, 1)
WHERE s.end_on IS NULL OR s.end_on >= s.start_on
