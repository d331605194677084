-- title.it: Iscrizioni valide
-- title.en: Registrations in force
-- description.it: Una riga per iscrizione: l'ultima versione consegnata di ogni dichiarazione di disponibilità.
-- description.en: One row per registration: the latest delivered version of each declaration of availability.
-- grain: registration_id
-- materialize: table

-- The latest version wins whatever the order in which deliveries arrived:
-- first by the supplier's own date, then by the date of issue.
SELECT d.registration_id, d.person_id, d.registered_on, d.closed_on, d.close_reason, d.sex,
       d.birth_year, d.citizenship, d.education, d.comune, d.district, d.cpi,
       d.months_unemployed, d.disability, d.profiling_scheme, d.profiling_class,
       d.profiling_index, d.profiled_on, d.updated_on
FROM raw.registrations d
JOIN ledger.current_loads l ON l.load_id = d.load_id
QUALIFY row_number() OVER (
  PARTITION BY d.registration_id
  ORDER BY d.updated_on DESC, l.issued_at DESC, d.load_id DESC, d.line DESC
) = 1
