-- title.it: Prestazioni valide
-- title.en: Services in force
-- description.it: Una riga per prestazione LEP o attività: l'ultima versione consegnata.
-- description.en: One row per LEP service or activity: its latest delivered version.
-- grain: service_id

-- Nearly every row came once, and there are many: they are read where they are
-- and not copied.
SELECT d.service_id, d.beneficiary_kind, d.person_id, d.employer_id, d.registration_id, d.lep,
       d.measure, d.sap_code, d.last_event, d.proposed_on, d.started_on, d.ended_on,
       d.provider_kind, d.provider, d.channel, d.programme, d.hours, d.standard_cost_eur,
       d.updated_on, d.load_id, d.line
FROM raw.services d
SEMI JOIN ledger.current_loads l ON l.load_id = d.load_id
ANTI JOIN staging.services_superseded s ON s.load_id = d.load_id AND s.line = d.line
