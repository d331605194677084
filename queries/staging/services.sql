-- title.it: Prestazioni valide
-- title.en: Services in force
-- description.it: Una riga per prestazione LEP o attività: l'ultima versione consegnata.
-- description.en: One row per LEP service or activity: its latest delivered version.
-- grain: service_id

-- The latest version wins whatever the order in which deliveries arrived:
-- first by the supplier's own date, then by the date of issue.
SELECT d.service_id, d.beneficiary_kind, d.person_id, d.employer_id, d.registration_id, d.lep,
       d.measure, d.sap_code, d.last_event, d.proposed_on, d.started_on, d.ended_on,
       d.provider_kind, d.provider, d.channel, d.programme, d.hours, d.standard_cost_eur,
       d.updated_on
FROM raw.services d
JOIN ledger.current_loads l ON l.load_id = d.load_id
QUALIFY row_number() OVER (
  PARTITION BY d.service_id
  ORDER BY d.updated_on DESC, l.issued_at DESC, d.load_id DESC, d.line DESC
) = 1
