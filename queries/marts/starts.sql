-- title.it: Avviamenti validi
-- title.en: Valid starts
-- description.it: Gli eventi validi con cui un rapporto comincia, con i numeri di gruppo di contratto, settore, professione e territorio.
-- description.en: The valid events by which a relationship begins, with the numbers of contract group, sector, occupation and territory.
-- grain: start_key
-- column.district_no.it: numero del territorio di lavoro; 0: comune di più territori; vuoto: fuori regione
-- column.district_no.en: number of the territory of the workplace; 0: a comune of several territories; empty: outside the region

-- An agency mission is a kind of its own, whatever its contract.
WITH kinds AS (
  SELECT k.code, k.qualifying, CAST(n.number AS SMALLINT) AS contract_group_no
  FROM reference.contracts k
  LEFT JOIN marts.code_numbers n ON n.list = 'contract_group' AND n.code = k.contract_group
), classified AS (
  SELECT s.section, CAST(n.number AS SMALLINT) AS sector_no, right(s.version, 4) AS version
  FROM reference.sectors s
  LEFT JOIN marts.code_numbers n ON n.list = 'sector' AND n.code = s.sector
), versions AS (
  -- where the version is not told, it is the one in force on the day of the start
  SELECT max(valid_from) AS last_from, right(max(version), 4) AS last_version, right(min(version), 4) AS first_version
  FROM reference.sectors
), great_groups AS (
  SELECT o.code, CAST(n.number AS SMALLINT) AS occupation_no
  FROM (SELECT DISTINCT code FROM reference.occupations) o
  LEFT JOIN marts.code_numbers n ON n.list = 'occupation' AND n.code = o.code
), workplaces AS (
  -- 0: a comune of the region that several territories share
  SELECT m.comune, CAST(coalesce(n.number, 0) AS SMALLINT) AS district_no
  FROM reference.comuni m
  LEFT JOIN marts.code_numbers n ON n.list = 'geo' AND n.code = m.geo
), numbers AS (
  SELECT CAST(max(number) FILTER (WHERE list = 'contract_group' AND code = 'agency') AS SMALLINT) AS agency_no,
         CAST(max(number) FILTER (WHERE list = 'sector' AND code = 'nd') AS SMALLINT) AS no_sector_no,
         CAST(max(number) FILTER (WHERE list = 'occupation' AND code = 'nd') AS SMALLINT) AS no_occupation_no
  FROM marts.code_numbers
)
SELECT s.event_id, s.start_key, hash(s.relationship_id) AS relationship, hash(s.person_id) AS person, hash(s.employer_id) AS employer, s.event_on, s.planned_end_on,
       s.received_on, s.form,
       coalesce(CASE WHEN s.form = 'UNISOMM' THEN u.agency_no ELSE k.contract_group_no END, 0) AS contract_group_no,
       coalesce(CASE WHEN g.section IS NULL THEN u.no_sector_no ELSE g.sector_no END, 0) AS sector_no,
       coalesce(CASE WHEN o.code IS NULL THEN u.no_occupation_no ELSE o.occupation_no END, 0) AS occupation_no, m.district_no,
       (coalesce(k.qualifying, false) OR s.form = 'UNISOMM') AND s.contract NOT LIKE 'C.%' AS qualifying
FROM marts.valid_events s
CROSS JOIN versions v
CROSS JOIN numbers u
LEFT JOIN kinds k ON k.code = s.contract
LEFT JOIN classified g
  ON g.section = left(s.sector, 1)
 AND g.version = coalesce(s.sector_version, CASE WHEN s.event_on < v.last_from THEN v.first_version ELSE v.last_version END)
LEFT JOIN great_groups o ON o.code = left(s.occupation, 1)
LEFT JOIN workplaces m ON m.comune = s.workplace_comune
WHERE s.event = 'start'
