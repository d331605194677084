-- title.it: Rapporti di lavoro, in breve
-- title.en: Work relationships, in short
-- description.it: Di ogni rapporto con un avviamento valido ciò che i conteggi chiedono; codici e pseudonimi stanno in marts.relationships.
-- description.en: Of each relationship with a valid start what counts ask for; codes and pseudonyms are in marts.relationships.
-- grain: relationship_id
-- materialize: table
-- column.district_no.it: numero del territorio di lavoro; 0: comune di più territori; vuoto: fuori regione
-- column.district_no.en: number of the territory of the workplace; 0: a comune of several territories; empty: outside the region
-- column.person.it: chiave breve dello pseudonimo della persona, per i confronti
-- column.person.en: short key of the person's pseudonym, for joins
-- column.employer.it: chiave breve dello pseudonimo del datore dell'avviamento
-- column.employer.en: short key of the pseudonym of the employer of the start
-- column.passed_to.it: chiave breve del datore cui il rapporto è passato; vuoto: nessuno
-- column.passed_to.en: short key of the employer whom the relationship passed to; empty: none
-- column.start_key.it: carico e riga dell'avviamento che conta
-- column.start_key.en: load and line of the start that counts
-- column.end_on.it: vuoto: rapporto ancora aperto
-- column.end_on.en: empty: still open
-- column.works.it: conta come lavoro: contratto che vale, non finito prima di cominciare, non aperto da troppo tempo
-- column.works.en: counts as work: a contract that qualifies, not ended before it began, not open for too long

-- An urgent communication (UNIURG) only announces the UNILAV that follows: where
-- there is a UNILAV start, the UNIURG start counts for nothing. The planned end
-- is that of the last event that decides: starts and extensions do, even when
-- they state none; of transformations those to open-ended, and others only when
-- they state one, because part time to full time leaves the plan as it was.
-- An open relationship is stale if nothing was heard of it since before
-- communications were compulsory, or since before the person was too old: its
-- start is heard too. An agency mission stays one, whatever becomes of its contract.
-- Only what has more than one row to pick from is sorted, and joins compare short
-- keys: checks/keys_shared.sql holds that no two pseudonyms share one.
WITH stabilising AS (
  SELECT code FROM reference.transformations WHERE stabilises
), judged AS NOT MATERIALIZED (
  SELECT e.event_id, hash(e.relationship_id) AS relationship, e.event, e.event_on, e.planned_end_on, e.form, e.received_on,
         e.event = 'transformation' AND e.form <> 'VARDATORI' AND s.code IS NOT NULL AS stabilises,
         e.event = 'start' OR (e.event = 'extension' AND e.form <> 'VARDATORI')
           OR (e.event <> 'end' AND (e.planned_end_on IS NOT NULL OR (e.form <> 'VARDATORI' AND s.code IS NOT NULL))) AS decides
  FROM marts.valid_events e
  LEFT JOIN stabilising s ON s.code = e.transformation
), followed AS MATERIALIZED (
  -- what happened after the start
  SELECT relationship, max(CASE WHEN event = 'end' THEN event_on END) AS ceased_on,
         min(CASE WHEN stabilises THEN event_on END) AS stabilised_on, max(CASE WHEN event <> 'end' THEN event_on END) AS heard_on,
         bool_or(decides) AS decides
  FROM judged
  WHERE event <> 'start'
  GROUP BY relationship
), begun AS NOT MATERIALIZED (
  SELECT event_id, relationship_id, hash(relationship_id) AS relationship, hash(person_id) AS person, hash(employer_id) AS employer, start_key, event_on,
         planned_end_on, contract, form, sector, sector_version, occupation, workplace_comune
  FROM marts.valid_events
  WHERE event = 'start'
), restarted AS (
  SELECT relationship, bool_or(form = 'UNILAV') AS announced
  FROM begun
  GROUP BY relationship
  HAVING count(*) > 1
), chosen AS (
  SELECT b.start_key
  FROM begun b
  JOIN restarted r ON r.relationship = b.relationship
  WHERE NOT (r.announced AND b.form = 'UNIURG')
  QUALIFY row_number() OVER (PARTITION BY b.relationship ORDER BY b.event_on, b.event_id) = 1
), several AS (
  -- relationships whose plan may come from more than one event
  SELECT relationship, bool_or(announced) AS announced
  FROM (
    SELECT relationship, false AS announced FROM followed WHERE ceased_on IS NULL AND decides
    UNION ALL
    SELECT relationship, announced FROM restarted
  )
  GROUP BY relationship
), plans AS (
  SELECT e.relationship, e.planned_end_on
  FROM judged e
  JOIN several c ON c.relationship = e.relationship
  WHERE e.decides AND NOT (c.announced AND e.event = 'start' AND e.form = 'UNIURG')
  QUALIFY row_number() OVER (PARTITION BY e.relationship ORDER BY e.event_on DESC, e.received_on DESC, e.event_id DESC) = 1
), transfers AS (
  -- few: where anything but a start told of a transfer, the last that told of one has the relationship
  SELECT relationship, employer
  FROM (
    SELECT relationship, employer, bool_or(event <> 'start') OVER (PARTITION BY relationship) AS transferred,
           row_number() OVER (PARTITION BY relationship ORDER BY event_on DESC, received_on DESC, event_id DESC) AS place
    FROM (SELECT hash(relationship_id) AS relationship, hash(employer_id) AS employer, event, event_on, received_on, event_id
          FROM marts.valid_events WHERE form = 'VARDATORI') v
  ) t
  WHERE transferred AND place = 1
), limits AS (
  SELECT c.complete_to,
         (SELECT value FROM reference.parameters WHERE name = 'stale_age') AS stale_age,
         (SELECT value FROM reference.parameters WHERE name = 'stale_start_year') AS stale_start_year,
         (SELECT value = 1 FROM reference.parameters WHERE name = 'end_rule') AS planned_if_missing
  FROM marts.completeness c
  WHERE c.contract = 'placements'
), aged AS (
  -- few: who may be too old for a job that nothing was heard of, by her latest registration
  SELECT r.person, r.birth_year + l.stale_age AS last_year
  FROM marts.entries r
  CROSS JOIN limits l
  WHERE r.next_on IS NULL AND year(l.complete_to) - r.birth_year > l.stale_age
), kinds AS (
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
), lived AS (
  SELECT s.relationship_id, s.relationship, s.person, s.employer, t.employer AS passed_to, s.start_key, s.event_on AS start_on,
         coalesce(f.ceased_on, CASE WHEN l.planned_if_missing THEN
                                 CASE WHEN p.relationship IS NOT NULL THEN p.planned_end_on ELSE s.planned_end_on END END) AS end_on,
         CASE WHEN s.form <> 'UNISOMM' THEN f.stabilised_on END AS stabilised_on,
         greatest(s.event_on, coalesce(f.heard_on, s.event_on)) AS heard_on, s.contract, s.form, left(s.sector, 1) AS section, s.sector_version AS version,
         left(s.occupation, 1) AS great_group, s.workplace_comune
  FROM begun s
  CROSS JOIN limits l
  LEFT JOIN restarted r ON r.relationship = s.relationship
  LEFT JOIN followed f ON f.relationship = s.relationship
  LEFT JOIN chosen c ON c.start_key = s.start_key
  LEFT JOIN plans p ON p.relationship = s.relationship
  LEFT JOIN transfers t ON t.relationship = s.relationship
  WHERE r.relationship IS NULL OR c.start_key IS NOT NULL
), judged_spans AS (
  SELECT s.relationship_id, s.relationship, s.person, s.employer, s.passed_to, s.start_key, s.start_on, s.end_on, s.stabilised_on,
         coalesce(CASE WHEN s.form = 'UNISOMM' THEN u.agency_no ELSE k.contract_group_no END, 0) AS contract_group_no,
         coalesce(CASE WHEN g.section IS NULL THEN u.no_sector_no ELSE g.sector_no END, 0) AS sector_no,
         coalesce(CASE WHEN o.code IS NULL THEN u.no_occupation_no ELSE o.occupation_no END, 0) AS occupation_no, m.district_no,
         (coalesce(k.qualifying, false) OR s.form = 'UNISOMM') AND s.contract NOT LIKE 'C.%' AS qualifying,
         s.end_on IS NULL AND (year(s.heard_on) < l.stale_start_year OR coalesce(year(s.heard_on) <= n.last_year, false)) AS stale
  FROM lived s
  CROSS JOIN limits l
  CROSS JOIN versions v
  CROSS JOIN numbers u
  LEFT JOIN kinds k ON k.code = s.contract
  LEFT JOIN aged n ON n.person = s.person
  LEFT JOIN classified g
    ON g.section = s.section
   AND g.version = coalesce(s.version, CASE WHEN s.start_on < v.last_from THEN v.first_version ELSE v.last_version END)
  LEFT JOIN great_groups o ON o.code = s.great_group
  LEFT JOIN workplaces m ON m.comune = s.workplace_comune
)
SELECT relationship_id, relationship, person, employer, passed_to, start_key, start_on, end_on, stabilised_on, contract_group_no, sector_no, occupation_no, district_no,
       qualifying, stale, qualifying AND NOT stale AND (end_on IS NULL OR end_on >= start_on) AS works
FROM judged_spans
