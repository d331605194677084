-- title.it: Eventi di comunicazione obbligatoria
-- title.en: Events of compulsory communications
-- description.it: Una riga per evento di comunicazione obbligatoria: l'ultima versione consegnata; rettifiche e annullamenti sono ancora righe proprie.
-- description.en: One row per event of a compulsory communication: its latest delivered version; corrections and cancellations are still rows of their own.
-- grain: event_id
-- materialize: table

-- The same event delivered again replaces its earlier copy; a correction is an
-- event of its own and is dealt with in marts.valid_events.
SELECT d.event_id, d.relationship_id, d.person_id, d.employer_id, d.event, d.event_on,
       d.planned_end_on, d.contract, d.working_hours, d.transformation, d.cessation, d.sector,
       d.sector_version, d.occupation, d.occupation_version, d.workplace_comune, d.form,
       d.seasonal, d.corrects, d.cancelled, d.received_on
FROM raw.placements d
JOIN ledger.current_loads l ON l.load_id = d.load_id
QUALIFY row_number() OVER (
  PARTITION BY d.event_id
  ORDER BY d.received_on DESC, l.issued_at DESC, d.load_id DESC, d.line DESC
) = 1
