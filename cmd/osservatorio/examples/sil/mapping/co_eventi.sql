-- Compulsory communications: one row an event of UNILAV, UNISOMM, UNIURG or
-- VARDATORI, as contract placements. Contracts, working hours, causes of
-- cessation and transformation, ATECO and occupations have the ministry's codes,
-- as the contract has. A code that is not known goes on as it is and is quarantined.
SELECT
  CODICE_COMUNICAZIONE AS event_id,
  ID_RAPPORTO AS relationship_id,
  ID_SAP AS person_id,
  ID_DATORE AS employer_id,
  CASE TIPO_EVENTO WHEN 'AVV' THEN 'start' WHEN 'PRO' THEN 'extension' WHEN 'TRA' THEN 'transformation' WHEN 'CES' THEN 'end' ELSE TIPO_EVENTO END AS event,
  regexp_replace(DATA_EVENTO, '^(\d{2})/(\d{2})/(\d{4})$', '\3-\2-\1') AS event_on,
  regexp_replace(DATA_FINE_PREVISTA, '^(\d{2})/(\d{2})/(\d{4})$', '\3-\2-\1') AS planned_end_on,
  TIPOLOGIA_CONTRATTUALE AS contract,
  TIPO_ORARIO AS working_hours,
  CAUSA_TRASFORMAZIONE AS transformation,
  CAUSA_CESSAZIONE AS cessation,
  ATECO AS sector,
  VERSIONE_ATECO AS sector_version,
  QUALIFICA AS occupation,
  VERSIONE_QUALIFICA AS occupation_version,
  COMUNE_SEDE_LAVORO AS workplace_comune,
  MODELLO AS form,
  CASE STAGIONALE WHEN 'S' THEN 'true' WHEN 'N' THEN 'false' ELSE STAGIONALE END AS seasonal,
  RETTIFICA_DI AS corrects,
  CASE ANNULLATA WHEN 'S' THEN 'true' WHEN 'N' THEN 'false' ELSE ANNULLATA END AS cancelled,
  regexp_replace(DATA_INVIO, '^(\d{2})/(\d{2})/(\d{4})$', '\3-\2-\1') AS received_on
FROM delivery
