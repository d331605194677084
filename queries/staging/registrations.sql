-- title.it: Iscrizioni valide
-- title.en: Registrations in force
-- description.it: Una riga per iscrizione: l'ultima versione consegnata di ogni dichiarazione di disponibilità.
-- description.en: One row per registration: the latest delivered version of each declaration of availability.
-- grain: registration_id

-- Nearly every row came once: they are read where they are and not copied.
SELECT d.registration_id, d.person_id, d.registered_on, d.closed_on, d.close_reason, d.sex,
       d.birth_year, d.citizenship, d.education, d.comune, d.district, d.cpi, d.months_unemployed,
       d.disability, d.profiling_scheme, d.profiling_class, d.profiling_index, d.profiled_on,
       d.updated_on
FROM raw.registrations d
SEMI JOIN ledger.current_loads l ON l.load_id = d.load_id
ANTI JOIN staging.registrations_superseded s ON s.load_id = d.load_id AND s.line = d.line
