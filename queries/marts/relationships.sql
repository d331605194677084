-- title.it: Rapporti di lavoro
-- title.en: Work relationships
-- description.it: Una riga per rapporto con un avviamento valido: inizio, contratto, datore e sede dall'avviamento; fine dalla cessazione o, se manca e la regola lo vuole, dal termine previsto dell'ultimo evento che decide.
-- description.en: One row per relationship with a valid start: start, contract, employer and workplace from the start; end from the cessation or, where there is none and the rule says so, from the planned end of the last event that decides.
-- grain: relationship_id
-- materialize: table
-- column.end_on.it: vuoto: rapporto ancora aperto
-- column.end_on.en: empty: still open
-- column.last_employer_id.it: il datore dopo l'ultimo passaggio di azienda (VARDATORI), altrimenti quello dell'avviamento
-- column.last_employer_id.en: the employer after the last transfer of the firm (VARDATORI), otherwise that of the start
-- column.stabilised_on.it: giorno della prima trasformazione a tempo indeterminato
-- column.stabilised_on.en: day of the first transformation to open-ended
-- column.qualifying.it: lavoro subordinato, apprendistato, collaborazione o missione in somministrazione; mai un tirocinio
-- column.qualifying.en: employment, apprenticeship, collaboration or agency mission; never a traineeship
-- column.sector.it: sezione ATECO com'è comunicata
-- column.sector.en: section of ATECO as communicated
-- column.sector_group.it: gruppo di settori, lo stesso in ATECO 2007 e 2025
-- column.sector_group.en: group of sectors, the same in ATECO 2007 and 2025
-- column.occupation.it: grande gruppo della professione, nella versione in vigore all'avviamento
-- column.occupation.en: great group of the occupation, in the version in force at the start
-- column.stale.it: aperto da troppo tempo perché si possa credere ancora in corso
-- column.stale.en: open for too long to be believed still running

-- An urgent communication (UNIURG) only announces the UNILAV that follows: where
-- there is a UNILAV start, the UNIURG start counts for nothing. The planned end
-- is that of the last event that decides: starts and extensions do, even when
-- they state none; of transformations those to open-ended, and others only when
-- they state one, because part time to full time leaves the plan as it was.
-- Rows are picked by sorting and not by aggregates that carry whole rows:
-- sorting spills to disk, so memory stays small with forty million events. Only
-- what has more than one row to pick from is sorted. What follows from the start
-- is told here as well, so that a row of millions is written once.
WITH stabilising AS (
  SELECT code FROM reference.transformations WHERE stabilises
), judged AS NOT MATERIALIZED (
  SELECT e.event_id, e.relationship_id, e.employer_id, e.event, e.event_on, e.planned_end_on, e.form, e.received_on,
         e.event = 'transformation' AND e.form <> 'VARDATORI' AND s.code IS NOT NULL AS stabilises,
         e.event = 'start' OR (e.event = 'extension' AND e.form <> 'VARDATORI')
           OR (e.event <> 'end' AND (e.planned_end_on IS NOT NULL OR (e.form <> 'VARDATORI' AND s.code IS NOT NULL))) AS decides
  FROM marts.valid_events e
  LEFT JOIN stabilising s ON s.code = e.transformation
), followed AS (
  -- what happened after the start
  SELECT relationship_id, max(event_on) FILTER (WHERE event = 'end') AS ceased_on,
         min(event_on) FILTER (WHERE stabilises) AS stabilised_on,
         bool_or(decides) AS decides, bool_or(form = 'VARDATORI') AS transferred
  FROM judged
  WHERE event <> 'start'
  GROUP BY relationship_id
), begun AS NOT MATERIALIZED (
  SELECT event_id, relationship_id, person_id, employer_id, event_on, planned_end_on, contract, form, sector,
         sector_version, occupation, workplace_comune
  FROM marts.valid_events
  WHERE event = 'start'
), restarted AS (
  SELECT relationship_id, bool_or(form = 'UNILAV') AS announced
  FROM begun
  GROUP BY relationship_id
  HAVING count(*) > 1
), chosen AS (
  SELECT b.event_id, b.relationship_id
  FROM begun b
  JOIN restarted r ON r.relationship_id = b.relationship_id
  WHERE NOT (r.announced AND b.form = 'UNIURG')
  QUALIFY row_number() OVER (PARTITION BY b.relationship_id ORDER BY b.event_on, b.event_id) = 1
), starts AS (
  SELECT b.relationship_id, b.person_id, b.employer_id, b.event_on, b.planned_end_on, b.contract, b.form, b.sector,
         b.sector_version, b.occupation, b.workplace_comune
  FROM begun b
  LEFT JOIN restarted r ON r.relationship_id = b.relationship_id
  LEFT JOIN chosen c ON c.event_id = b.event_id
  WHERE r.relationship_id IS NULL OR c.event_id IS NOT NULL
), several AS (
  -- relationships whose plan may come from more than one event
  SELECT coalesce(f.relationship_id, r.relationship_id) AS relationship_id, coalesce(r.announced, false) AS announced
  FROM followed f
  FULL JOIN restarted r ON r.relationship_id = f.relationship_id
  WHERE f.ceased_on IS NULL AND (coalesce(f.decides, false) OR r.relationship_id IS NOT NULL)
), plans AS (
  SELECT e.relationship_id, e.planned_end_on
  FROM judged e
  JOIN several c ON c.relationship_id = e.relationship_id
  WHERE e.decides AND NOT (c.announced AND e.event = 'start' AND e.form = 'UNIURG')
  QUALIFY row_number() OVER (PARTITION BY e.relationship_id ORDER BY e.event_on DESC, e.received_on DESC, e.event_id DESC) = 1
), transfers AS (
  SELECT relationship_id, employer_id
  FROM judged
  WHERE form = 'VARDATORI'
  QUALIFY row_number() OVER (PARTITION BY relationship_id ORDER BY event_on DESC, received_on DESC, event_id DESC) = 1
), persons AS (
  SELECT person_id, birth_year
  FROM marts.registrations
  QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY registered_on DESC, registration_id DESC) = 1
), limits AS (
  SELECT c.complete_to,
         (SELECT value FROM reference.parameters WHERE name = 'stale_age') AS stale_age,
         (SELECT value FROM reference.parameters WHERE name = 'stale_start_year') AS stale_start_year,
         (SELECT value = 1 FROM reference.parameters WHERE name = 'end_rule') AS planned_if_missing
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
), lived AS (
  SELECT s.relationship_id, s.person_id, s.employer_id,
         CASE WHEN f.transferred THEN t.employer_id ELSE s.employer_id END AS last_employer_id, s.event_on AS start_on,
         coalesce(f.ceased_on, CASE WHEN l.planned_if_missing THEN
                                 CASE WHEN p.relationship_id IS NOT NULL THEN p.planned_end_on ELSE s.planned_end_on END END) AS end_on,
         s.contract, s.form, s.sector, s.sector_version, s.occupation, s.workplace_comune, f.stabilised_on
  FROM starts s
  CROSS JOIN limits l
  LEFT JOIN followed f ON f.relationship_id = s.relationship_id
  LEFT JOIN plans p ON p.relationship_id = s.relationship_id
  LEFT JOIN transfers t ON t.relationship_id = s.relationship_id
)
SELECT s.relationship_id, s.person_id, s.employer_id, s.last_employer_id, s.start_on, s.end_on, s.contract, s.form,
       CASE WHEN s.form = 'UNISOMM' THEN 'agency' ELSE k.contract_group END AS contract_group,
       coalesce(left(s.sector, 1), 'nd') AS sector, coalesce(g.sector, 'nd') AS sector_group,
       coalesce(o.code, 'nd') AS occupation, s.workplace_comune, s.stabilised_on,
       (coalesce(k.qualifying, false) OR s.form = 'UNISOMM') AND s.contract NOT LIKE 'C.%' AS qualifying,
       s.end_on IS NULL AND (
         year(s.start_on) < l.stale_start_year
         OR coalesce(year(l.complete_to) - n.birth_year > l.stale_age, false)
       ) AS stale
FROM lived s
CROSS JOIN limits l
CROSS JOIN versions v
LEFT JOIN reference.contracts k ON k.code = s.contract
LEFT JOIN persons n ON n.person_id = s.person_id
LEFT JOIN classified g
  ON g.section = left(s.sector, 1)
 AND g.version = coalesce(s.sector_version, CASE WHEN s.start_on < v.last_from THEN v.first_version ELSE v.last_version END)
LEFT JOIN great_groups o ON o.code = left(s.occupation, 1)
