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
-- disk, so memory stays small with forty million events. Only what has more
-- than one row to pick from is sorted.
WITH told AS (
  SELECT relationship_id, bool_or(event = 'start' AND form = 'UNILAV') AS announced,
         max(event_on) FILTER (WHERE event = 'end') AS ceased_on,
         count(*) FILTER (WHERE event = 'start') AS starts,
         count(*) FILTER (WHERE event = 'start' AND form = 'UNIURG') AS urgent_starts,
         count(*) FILTER (WHERE event <> 'end') AS lasting
  FROM marts.valid_events
  GROUP BY relationship_id
), counted AS (
  SELECT relationship_id, announced, ceased_on,
         starts - CASE WHEN announced THEN urgent_starts ELSE 0 END AS starts,
         lasting - CASE WHEN announced THEN urgent_starts ELSE 0 END AS lasting
  FROM told
  WHERE starts > 0
), events AS (
  SELECT e.event_id, e.relationship_id, e.person_id, e.employer_id, e.event, e.event_on, e.planned_end_on,
         e.contract, e.form, e.sector, e.workplace_comune, e.received_on, c.ceased_on, c.starts, c.lasting
  FROM marts.valid_events e
  JOIN counted c ON c.relationship_id = e.relationship_id
  WHERE e.event <> 'end' AND NOT (c.announced AND e.event = 'start' AND e.form = 'UNIURG')
), starts AS (
  SELECT relationship_id, person_id, employer_id, event_on, planned_end_on, contract, form, sector,
         workplace_comune, ceased_on, lasting
  FROM events
  WHERE event = 'start' AND starts = 1
  UNION ALL
  SELECT relationship_id, person_id, employer_id, event_on, planned_end_on, contract, form, sector,
         workplace_comune, ceased_on, lasting
  FROM events
  WHERE event = 'start' AND starts > 1
  QUALIFY row_number() OVER (PARTITION BY relationship_id ORDER BY event_on, event_id) = 1
), plans AS (
  SELECT relationship_id, planned_end_on
  FROM events
  WHERE ceased_on IS NULL AND lasting > 1
  QUALIFY row_number() OVER (PARTITION BY relationship_id ORDER BY event_on DESC, received_on DESC, event_id DESC) = 1
)
SELECT s.relationship_id, s.person_id, s.employer_id, s.event_on AS start_on,
       coalesce(s.ceased_on, CASE WHEN s.lasting > 1 THEN p.planned_end_on ELSE s.planned_end_on END) AS end_on,
       s.contract, s.form, s.sector, s.workplace_comune
FROM starts s
LEFT JOIN plans p ON p.relationship_id = s.relationship_id
