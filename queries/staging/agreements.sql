-- title.it: Patti di servizio validi
-- title.en: Agreements in force
-- description.it: Una riga per patto di servizio personalizzato: l'ultima versione consegnata.
-- description.en: One row per personalised service agreement: its latest delivered version.
-- grain: agreement_id

-- Nearly every row came once: they are read where they are and not copied.
SELECT d.agreement_id, d.person_id, d.registration_id, d.signed_on, d.programme, d.path,
       d.assessed_on, d.team_assessed, d.fragility_score, d.planned_leps, d.closed_on,
       d.close_reason, d.updated_on
FROM raw.agreements d
SEMI JOIN ledger.current_loads l ON l.load_id = d.load_id
ANTI JOIN staging.agreements_superseded s ON s.load_id = d.load_id AND s.line = d.line
