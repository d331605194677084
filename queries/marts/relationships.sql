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

-- An urgent communication (UNIURG) only announces the UNILAV that follows: where
-- there is a UNILAV start, the UNIURG start counts for nothing. The planned end
-- is that of the last event that decides: starts and extensions do, even when
-- they state none; of transformations those to open-ended, and others only when
-- they state one, because part time to full time leaves the plan as it was.
-- Rows are picked by sorting and not by aggregates that carry whole rows:
-- sorting spills to disk, so memory stays small with forty million events. Only
-- what has more than one row to pick from is sorted.
WITH stabilising AS (
  SELECT code FROM reference.transformations WHERE stabilises
), judged AS NOT MATERIALIZED (
  SELECT e.event_id, e.relationship_id, e.person_id, e.employer_id, e.event, e.event_on, e.planned_end_on,
         e.contract, e.form, e.sector, e.sector_version, e.occupation, e.workplace_comune, e.received_on,
         e.event = 'transformation' AND e.form <> 'VARDATORI' AND s.code IS NOT NULL AS stabilises,
         e.event = 'start' OR (e.event = 'extension' AND e.form <> 'VARDATORI')
           OR (e.event <> 'end' AND (e.planned_end_on IS NOT NULL OR (e.form <> 'VARDATORI' AND s.code IS NOT NULL))) AS decides
  FROM marts.valid_events e
  LEFT JOIN stabilising s ON s.code = e.transformation
), told AS (
  SELECT relationship_id, bool_or(event = 'start' AND form = 'UNILAV') AS announced,
         max(event_on) FILTER (WHERE event = 'end') AS ceased_on,
         min(event_on) FILTER (WHERE stabilises) AS stabilised_on,
         count(*) FILTER (WHERE event = 'start') AS starts,
         count(*) FILTER (WHERE event = 'start' AND form = 'UNIURG') AS urgent_starts,
         count(*) FILTER (WHERE decides) AS deciding,
         bool_or(form = 'VARDATORI') AS transferred
  FROM judged
  GROUP BY relationship_id
), counted AS (
  SELECT relationship_id, announced, ceased_on, stabilised_on, transferred,
         starts - CASE WHEN announced THEN urgent_starts ELSE 0 END AS starts,
         deciding - CASE WHEN announced THEN urgent_starts ELSE 0 END AS deciding
  FROM told
  WHERE starts > 0
), begun AS (
  SELECT e.event_id, e.relationship_id, e.person_id, e.employer_id, e.event_on, e.planned_end_on,
         e.contract, e.form, e.sector, e.sector_version, e.occupation, e.workplace_comune,
         c.ceased_on, c.stabilised_on, c.transferred, c.starts, c.deciding
  FROM judged e
  JOIN counted c ON c.relationship_id = e.relationship_id
  WHERE e.event = 'start' AND NOT (c.announced AND e.form = 'UNIURG')
), first_starts AS (
  SELECT event_id, relationship_id, person_id, employer_id, event_on, planned_end_on, contract, form, sector,
         sector_version, occupation, workplace_comune, ceased_on, stabilised_on, transferred, deciding
  FROM begun
  WHERE starts = 1
  UNION ALL
  SELECT event_id, relationship_id, person_id, employer_id, event_on, planned_end_on, contract, form, sector,
         sector_version, occupation, workplace_comune, ceased_on, stabilised_on, transferred, deciding
  FROM begun
  WHERE starts > 1
  QUALIFY row_number() OVER (PARTITION BY relationship_id ORDER BY event_on, event_id) = 1
), several AS (
  SELECT relationship_id, announced FROM counted WHERE ceased_on IS NULL AND deciding > 1
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
), rules AS (
  SELECT value = 1 AS planned_if_missing FROM reference.parameters WHERE name = 'end_rule'
)
SELECT s.relationship_id, s.person_id, s.employer_id, coalesce(t.employer_id, s.employer_id) AS last_employer_id,
       s.event_on AS start_on,
       coalesce(s.ceased_on, CASE WHEN r.planned_if_missing THEN
                               CASE WHEN s.deciding > 1 THEN p.planned_end_on ELSE s.planned_end_on END END) AS end_on,
       s.contract, s.form, s.sector, s.sector_version, s.occupation, s.workplace_comune, s.stabilised_on
FROM first_starts s
CROSS JOIN rules r
LEFT JOIN plans p ON p.relationship_id = s.relationship_id
LEFT JOIN transfers t ON t.relationship_id = s.relationship_id AND s.transferred
