-- Taking in charge: one row a personalised agreement (patto di servizio), as
-- contract agreements. LEP_PREVISTI holds letters of LEP parted by spaces.
-- A code that is not known goes on as it is and is quarantined.
SELECT
  ID_PRESA_IN_CARICO AS agreement_id,
  ID_SAP AS person_id,
  ID_DID AS registration_id,
  regexp_replace(DATA_PATTO, '^(\d{2})/(\d{2})/(\d{4})$', '\3-\2-\1') AS signed_on,
  CASE PROGRAMMA WHEN 'ORD' THEN 'ordinary' WHEN 'GOL' THEN 'gol' WHEN 'L14' THEN 'lr14' WHEN 'L68' THEN 'l68' ELSE PROGRAMMA END AS programme,
  PERCORSO AS path,
  regexp_replace(DATA_ASSESSMENT, '^(\d{2})/(\d{2})/(\d{4})$', '\3-\2-\1') AS assessed_on,
  CASE EQUIPE WHEN 'S' THEN 'true' WHEN 'N' THEN 'false' ELSE EQUIPE END AS team_assessed,
  "INDICE_FRAGILITÀ" AS fragility_score,
  array_to_string(list_transform(string_split(LEP_PREVISTI, ' '), lambda x: coalesce(MAP {
    'A': 'accoglienza',
    'B': 'did_profilazione',
    'C': 'orientamento_base',
    'D': 'patto_servizio',
    'E': 'orientamento_specialistico',
    'F1': 'accompagnamento',
    'F2': 'tirocinio_attivazione',
    'F3': 'ido_persona',
    'G': 'incentivi_autonomo',
    'H': 'avviamento_formazione',
    'I': 'mobilita',
    'J': 'conciliazione',
    'K': 'graduatorie_pa',
    'L': 'lsu',
    'M': 'collocamento_mirato_persona',
    'N': 'presa_in_carico_integrata',
    'O': 'autoimpiego',
    'P': 'imp_accoglienza',
    'Q': 'imp_ido',
    'R': 'imp_tirocini',
    'S': 'imp_mirato'}[x], x)), '|') AS planned_leps,
  regexp_replace(DATA_FINE, '^(\d{2})/(\d{2})/(\d{4})$', '\3-\2-\1') AS closed_on,
  CASE CAUSA_FINE WHEN '01' THEN 'cancelled' WHEN '02' THEN 'expired' WHEN '03' THEN 'employed' WHEN 'PE' THEN 'retirement' WHEN 'DE' THEN 'death' WHEN 'TR' THEN 'moved_out' WHEN 'AL' THEN 'other' ELSE CAUSA_FINE END AS close_reason,
  regexp_replace(DATA_AGGIORNAMENTO, '^(\d{2})/(\d{2})/(\d{4})$', '\3-\2-\1') AS updated_on
FROM delivery
