-- title.it: Eventi di comunicazione obbligatoria
-- title.en: Events of compulsory communications
-- description.it: Una riga per evento di comunicazione obbligatoria: l'ultima versione consegnata; rettifiche e annullamenti sono ancora righe proprie.
-- description.en: One row per event of a compulsory communication: its latest delivered version; corrections and cancellations are still rows of their own.
-- grain: event_id
-- materialize: table

-- The same event delivered again replaces its earlier copy; a correction is an
-- event of its own and is dealt with in marts.valid_events.
-- Nearly every row came once: only the others are sorted.
WITH current AS NOT MATERIALIZED (
  SELECT d.event_id, d.relationship_id, d.person_id, d.employer_id, d.event, d.event_on,
         d.planned_end_on, d.contract, d.working_hours, d.transformation, d.cessation, d.sector,
         d.sector_version, d.occupation, d.occupation_version, d.workplace_comune, d.form,
         d.seasonal, d.corrects, d.cancelled, d.received_on,
         l.issue_order, d.line
  FROM raw.placements d
  JOIN ledger.current_loads l ON l.load_id = d.load_id
), repeated AS (
  SELECT event_id FROM current GROUP BY event_id HAVING count(*) > 1
), latest AS (
  SELECT c.event_id, c.relationship_id, c.person_id, c.employer_id, c.event, c.event_on,
         c.planned_end_on, c.contract, c.working_hours, c.transformation, c.cessation, c.sector,
         c.sector_version, c.occupation, c.occupation_version, c.workplace_comune, c.form,
         c.seasonal, c.corrects, c.cancelled, c.received_on
  FROM current c
  SEMI JOIN repeated r ON r.event_id = c.event_id
  QUALIFY row_number() OVER (
    PARTITION BY c.event_id
    ORDER BY c.received_on DESC, c.issue_order DESC, c.line DESC
  ) = 1
)
SELECT c.event_id, c.relationship_id, c.person_id, c.employer_id, c.event, c.event_on,
       c.planned_end_on, c.contract, c.working_hours, c.transformation, c.cessation, c.sector,
       c.sector_version, c.occupation, c.occupation_version, c.workplace_comune, c.form, c.seasonal,
       c.corrects, c.cancelled, c.received_on
FROM current c
ANTI JOIN repeated r ON r.event_id = c.event_id
UNION ALL
SELECT event_id, relationship_id, person_id, employer_id, event, event_on, planned_end_on, contract,
       working_hours, transformation, cessation, sector, sector_version, occupation,
       occupation_version, workplace_comune, form, seasonal, corrects, cancelled, received_on
FROM latest
