-- SAP section 6: one row an active policy or service, for a person or an
-- employer, as contract services. TIPO_ATTIVITÀ and ULTIMO_EVENTO have the
-- ministry's codes, as the contract has; LEP has its letter.
-- A code that is not known goes on as it is and is quarantined.
WITH lep(letter, slug) AS (VALUES
  ('A', 'accoglienza'), ('B', 'did_profilazione'), ('C', 'orientamento_base'), ('D', 'patto_servizio'),
  ('E', 'orientamento_specialistico'), ('F1', 'accompagnamento'), ('F2', 'tirocinio_attivazione'), ('F3', 'ido_persona'),
  ('G', 'incentivi_autonomo'), ('H', 'avviamento_formazione'), ('I', 'mobilita'), ('J', 'conciliazione'),
  ('K', 'graduatorie_pa'), ('L', 'lsu'), ('M', 'collocamento_mirato_persona'), ('N', 'presa_in_carico_integrata'),
  ('O', 'autoimpiego'), ('P', 'imp_accoglienza'), ('Q', 'imp_ido'), ('R', 'imp_tirocini'),
  ('S', 'imp_mirato')
)
SELECT
  d.ID_POLITICA AS service_id,
  CASE d.TIPO_BENEFICIARIO WHEN 'L' THEN 'person' WHEN 'D' THEN 'employer' ELSE d.TIPO_BENEFICIARIO END AS beneficiary_kind,
  d.ID_SAP AS person_id,
  d.ID_DATORE AS employer_id,
  d.ID_DID AS registration_id,
  coalesce(l.slug, d.LEP) AS lep,
  d.MISURA AS measure,
  d."TIPO_ATTIVITÀ" AS sap_code,
  d.ULTIMO_EVENTO AS last_event,
  regexp_replace(d.DATA_PROPOSTA, '^(\d{2})/(\d{2})/(\d{4})$', '\3-\2-\1') AS proposed_on,
  regexp_replace(d.DATA_INIZIO, '^(\d{2})/(\d{2})/(\d{4})$', '\3-\2-\1') AS started_on,
  regexp_replace(d.DATA_FINE, '^(\d{2})/(\d{2})/(\d{4})$', '\3-\2-\1') AS ended_on,
  CASE d.TIPO_ENTE WHEN 'CPI' THEN 'cpi' WHEN 'ACC' THEN 'accredited' ELSE d.TIPO_ENTE END AS provider_kind,
  d.ENTE_PROMOTORE AS provider,
  CASE d."MODALITÀ" WHEN 'P' THEN 'in_person' WHEN 'R' THEN 'remote' WHEN 'W' THEN 'online' ELSE d."MODALITÀ" END AS channel,
  CASE d.PROGRAMMA WHEN 'ORD' THEN 'ordinary' WHEN 'GOL' THEN 'gol' WHEN 'L14' THEN 'lr14' WHEN 'L68' THEN 'l68' ELSE d.PROGRAMMA END AS programme,
  regexp_replace(d.DURATA_ORE, '^(-?\d+),(\d+)$', '\1.\2') AS hours,
  regexp_replace(d.COSTO_STANDARD, '^(-?\d+),(\d+)$', '\1.\2') AS standard_cost_eur,
  regexp_replace(d.DATA_AGGIORNAMENTO, '^(\d{2})/(\d{2})/(\d{4})$', '\3-\2-\1') AS updated_on
FROM delivery d
LEFT JOIN lep l ON l.letter = d.LEP
