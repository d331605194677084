-- title.it: Eventi di comunicazione obbligatoria
-- title.en: Events of compulsory communications
-- description.it: Una riga per evento di comunicazione obbligatoria: l'ultima versione consegnata; rettifiche e annullamenti sono ancora righe proprie.
-- description.en: One row per event of a compulsory communication: its latest delivered version; corrections and cancellations are still rows of their own.
-- grain: event_id

-- The same event delivered again replaces its earlier copy; a correction is an
-- event of its own and is dealt with in marts.valid_events. Nearly every row
-- came once, and there are many: they are read where they are and not copied.
SELECT d.event_id, d.relationship_id, d.person_id, d.employer_id, d.event, d.event_on,
       d.planned_end_on, d.contract, d.working_hours, d.transformation, d.cessation, d.sector,
       d.sector_version, d.occupation, d.occupation_version, d.workplace_comune, d.form, d.seasonal,
       d.corrects, d.cancelled, d.received_on, d.load_id, d.line
FROM raw.placements d
SEMI JOIN ledger.current_loads l ON l.load_id = d.load_id
ANTI JOIN staging.placements_superseded s ON s.load_id = d.load_id AND s.line = d.line
