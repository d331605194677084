-- title.it: Periodi di lavoro
-- title.en: Spells of work
-- description.it: I rapporti di lavoro con date possibili, con il gruppo di contratto, se valgono come occupazione e se sono ormai inattendibili.
-- description.en: Work relationships with possible dates, with their contract group, whether they count as employment and whether they have gone stale.
-- grain: relationship_id
-- materialize: table
-- column.qualifying.it: lavoro subordinato, apprendistato, collaborazione o missione in somministrazione; mai un tirocinio
-- column.qualifying.en: employment, apprenticeship, collaboration or agency mission; never a traineeship
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
)
SELECT s.relationship_id, s.person_id, s.employer_id, s.start_on, s.end_on, s.contract, s.form,
       CASE WHEN s.form = 'UNISOMM' THEN 'agency' ELSE k.contract_group END AS contract_group,
       coalesce(left(s.sector, 1), 'nd') AS sector, s.workplace_comune,
       (coalesce(k.qualifying, false) OR s.form = 'UNISOMM') AND s.contract NOT LIKE 'C.%' AS qualifying,
       s.end_on IS NULL AND (
         year(s.start_on) < l.stale_start_year
         OR coalesce(year(l.complete_to) - p.birth_year > l.stale_age, false)
       ) AS stale
FROM marts.relationships s
CROSS JOIN limits l
LEFT JOIN reference.contracts k ON k.code = s.contract
LEFT JOIN persons p ON p.person_id = s.person_id
WHERE s.end_on IS NULL OR s.end_on >= s.start_on
