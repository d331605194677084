-- title.it: Rapporti di lavoro
-- title.en: Work relationships
-- description.it: Una riga per rapporto con un avviamento valido: inizio, contratto, datore e sede dall'avviamento; fine dalla cessazione o, se manca, dal termine previsto dell'ultimo evento.
-- description.en: One row per relationship with a valid start: start, contract, employer and workplace from the start; end from the cessation or, if there is none, from the planned end of the last event.
-- grain: relationship_id
-- materialize: table
-- column.end_on.it: vuoto: rapporto ancora aperto
-- column.end_on.en: empty: still open

-- One pass over the events, so that forty million of them stay one GROUP BY.
-- An urgent communication (UNIURG) only announces the UNILAV that follows: where
-- there is a UNILAV start, the UNIURG start counts for nothing. Struct keys make
-- ties certain, and keep an empty planned end, which says open-ended.
WITH gathered AS (
  SELECT relationship_id,
         arg_min(
           struct_pack(person := person_id, employer := employer_id, start_on := event_on, contract := contract,
                       form := form, sector := sector, comune := workplace_comune),
           row(event_on, event_id)) FILTER (WHERE event = 'start') AS first_start,
         arg_min(
           struct_pack(person := person_id, employer := employer_id, start_on := event_on, contract := contract,
                       form := form, sector := sector, comune := workplace_comune),
           row(event_on, event_id)) FILTER (WHERE event = 'start' AND form <> 'UNIURG') AS first_lasting_start,
         coalesce(bool_or(event = 'start' AND form = 'UNILAV'), false) AS announced,
         max(event_on) FILTER (WHERE event = 'end') AS ceased_on,
         arg_max(
           struct_pack(planned_end_on := planned_end_on),
           row(event_on, received_on, event_id)) FILTER (WHERE event <> 'end') AS last_plan,
         arg_max(
           struct_pack(planned_end_on := planned_end_on),
           row(event_on, received_on, event_id))
           FILTER (WHERE event <> 'end' AND NOT (event = 'start' AND form = 'UNIURG')) AS last_lasting_plan
  FROM marts.valid_events
  GROUP BY relationship_id
), chosen AS (
  SELECT relationship_id, ceased_on,
         CASE WHEN announced THEN first_lasting_start ELSE first_start END AS opening,
         CASE WHEN announced THEN last_lasting_plan ELSE last_plan END AS plan
  FROM gathered
)
SELECT relationship_id, opening.person AS person_id, opening.employer AS employer_id,
       opening.start_on AS start_on, coalesce(ceased_on, plan.planned_end_on) AS end_on,
       opening.contract AS contract, opening.form AS form, opening.sector AS sector,
       opening.comune AS workplace_comune
FROM chosen
WHERE opening IS NOT NULL
