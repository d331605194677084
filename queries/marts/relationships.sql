-- title.it: Rapporti di lavoro
-- title.en: Work relationships
-- description.it: Una riga per rapporto con un avviamento valido: inizio, contratto, datore e sede dall'avviamento; fine dalla cessazione o, se manca, dal termine previsto dell'ultimo evento.
-- description.en: One row per relationship with a valid start: start, contract, employer and workplace from the start; end from the cessation or, if there is none, from the planned end of the last event.
-- grain: relationship_id
-- materialize: table
-- column.end_on.it: vuoto: rapporto ancora aperto
-- column.end_on.en: empty: still open

-- An urgent communication (UNIURG) only announces the UNILAV that follows: where
-- there is a UNILAV start, the UNIURG start counts for nothing. Rows are picked
-- by sorting and not by aggregates that carry whole rows: sorting spills to
-- disk, so memory stays small with forty million events.
WITH told AS (
  SELECT relationship_id, bool_or(event = 'start' AND form = 'UNILAV') AS announced,
         max(event_on) FILTER (WHERE event = 'end') AS ceased_on
  FROM marts.valid_events
  GROUP BY relationship_id
), lasting AS (
  SELECT e.event_id, e.relationship_id, e.person_id, e.employer_id, e.event, e.event_on, e.planned_end_on,
         e.contract, e.form, e.sector, e.workplace_comune, e.received_on, t.ceased_on
  FROM marts.valid_events e
  JOIN told t ON t.relationship_id = e.relationship_id
  WHERE e.event <> 'end' AND NOT (t.announced AND e.event = 'start' AND e.form = 'UNIURG')
), starts AS (
  SELECT relationship_id, person_id, employer_id, event_on, contract, form, sector, workplace_comune, ceased_on
  FROM lasting
  WHERE event = 'start'
  QUALIFY row_number() OVER (PARTITION BY relationship_id ORDER BY event_on, event_id) = 1
), plans AS (
  SELECT relationship_id, planned_end_on
  FROM lasting
  QUALIFY row_number() OVER (PARTITION BY relationship_id ORDER BY event_on DESC, received_on DESC, event_id DESC) = 1
)
SELECT s.relationship_id, s.person_id, s.employer_id, s.event_on AS start_on,
       coalesce(s.ceased_on, p.planned_end_on) AS end_on, s.contract, s.form, s.sector, s.workplace_comune
FROM starts s
JOIN plans p ON p.relationship_id = s.relationship_id
