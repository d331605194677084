-- SAP sections 1, 2 and 4: one row a declaration of availability (DID), as
-- contract registrations. Days are 31/12/2025, numbers have a decimal comma. A
-- code that is not known goes on as it is, so that validation quarantines the
-- row instead of this query changing or dropping it.
SELECT
  ID_DID AS registration_id,
  ID_SAP AS person_id,
  regexp_replace(DATA_DID, '^(\d{2})/(\d{2})/(\d{4})$', '\3-\2-\1') AS registered_on,
  regexp_replace(DATA_FINE_DID, '^(\d{2})/(\d{2})/(\d{4})$', '\3-\2-\1') AS closed_on,
  CASE CAUSA_FINE_DID WHEN '01' THEN 'cancelled' WHEN '02' THEN 'expired' WHEN '03' THEN 'employed' WHEN 'PE' THEN 'retirement' WHEN 'DE' THEN 'death' WHEN 'TR' THEN 'moved_out' WHEN 'AL' THEN 'other' ELSE CAUSA_FINE_DID END AS close_reason,
  SESSO AS sex,
  ANNO_NASCITA AS birth_year,
  CASE GRUPPO_CITTADINANZA WHEN '1' THEN 'it' WHEN '2' THEN 'eu' WHEN '3' THEN 'non_eu' ELSE GRUPPO_CITTADINANZA END AS citizenship,
  CASE
    WHEN LIVELLO_STUDIO IN ('0', '1', '2') THEN 'low'
    WHEN LIVELLO_STUDIO IN ('3', '4', '5', '6') THEN 'medium'
    WHEN LIVELLO_STUDIO IN ('7', '8', '9', '10', '11', '12') THEN 'high'
    ELSE LIVELLO_STUDIO
  END AS education,
  COMUNE_DOMICILIO AS comune,
  DISTRETTO AS district,
  CPI_TITOLARE AS cpi,
  "ANZIANITÀ_MESI" AS months_unemployed,
  CASE CATEGORIA_PROTETTA WHEN 'S' THEN 'true' WHEN 'N' THEN 'false' ELSE CATEGORIA_PROTETTA END AS disability,
  CASE DELIBERA_PROFILO WHEN '6/2016' THEN '2016_4cl' WHEN '5/2022' THEN '2022_3cl' ELSE DELIBERA_PROFILO END AS profiling_scheme,
  CLASSE_PROFILO AS profiling_class,
  regexp_replace(INDICE_PROFILO, '^(-?\d+),(\d+)$', '\1.\2') AS profiling_index,
  regexp_replace(DATA_PROFILO, '^(\d{2})/(\d{2})/(\d{4})$', '\3-\2-\1') AS profiled_on,
  regexp_replace(DATA_AGGIORNAMENTO, '^(\d{2})/(\d{2})/(\d{4})$', '\3-\2-\1') AS updated_on
FROM delivery
