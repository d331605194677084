-- title.it: Patti di servizio validi
-- title.en: Agreements in force
-- description.it: Una riga per patto di servizio personalizzato: l'ultima versione consegnata.
-- description.en: One row per personalised service agreement: its latest delivered version.
-- grain: agreement_id
-- materialize: table

-- The latest version wins whatever the order in which deliveries arrived:
-- first by the supplier's own date, then by the date of issue.
SELECT d.agreement_id, d.person_id, d.registration_id, d.signed_on, d.programme, d.path,
       d.assessed_on, d.team_assessed, d.fragility_score, d.planned_leps, d.closed_on,
       d.close_reason, d.updated_on
FROM raw.agreements d
JOIN ledger.current_loads l ON l.load_id = d.load_id
QUALIFY row_number() OVER (
  PARTITION BY d.agreement_id
  ORDER BY d.updated_on DESC, l.issued_at DESC, d.load_id DESC, d.line DESC
) = 1
