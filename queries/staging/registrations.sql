-- title.it: Iscrizioni valide
-- title.en: Registrations in force
-- description.it: Una riga per iscrizione: l'ultima versione consegnata di ogni dichiarazione di disponibilità.
-- description.en: One row per registration: the latest delivered version of each declaration of availability.
-- grain: registration_id
-- materialize: table

-- The latest version wins whatever the order in which deliveries arrived:
-- first by the supplier's own date, then by the date of issue.
-- Nearly every row came once: only the others are sorted.
WITH current AS NOT MATERIALIZED (
  SELECT d.registration_id, d.person_id, d.registered_on, d.closed_on, d.close_reason, d.sex,
         d.birth_year, d.citizenship, d.education, d.comune, d.district, d.cpi, d.months_unemployed,
         d.disability, d.profiling_scheme, d.profiling_class, d.profiling_index, d.profiled_on,
         d.updated_on,
         l.issue_order, d.line
  FROM raw.registrations d
  JOIN ledger.current_loads l ON l.load_id = d.load_id
), repeated AS (
  SELECT hash(registration_id) AS registration FROM current GROUP BY registration HAVING count(*) > 1
), latest AS (
  SELECT c.registration_id, c.person_id, c.registered_on, c.closed_on, c.close_reason, c.sex,
         c.birth_year, c.citizenship, c.education, c.comune, c.district, c.cpi, c.months_unemployed,
         c.disability, c.profiling_scheme, c.profiling_class, c.profiling_index, c.profiled_on,
         c.updated_on
  FROM current c
  SEMI JOIN repeated r ON r.registration = hash(c.registration_id)
  QUALIFY row_number() OVER (
    PARTITION BY c.registration_id
    ORDER BY c.updated_on DESC, c.issue_order DESC, c.line DESC
  ) = 1
)
SELECT c.registration_id, c.person_id, c.registered_on, c.closed_on, c.close_reason, c.sex,
       c.birth_year, c.citizenship, c.education, c.comune, c.district, c.cpi, c.months_unemployed,
       c.disability, c.profiling_scheme, c.profiling_class, c.profiling_index, c.profiled_on,
       c.updated_on
FROM current c
ANTI JOIN repeated r ON r.registration = hash(c.registration_id)
UNION ALL
SELECT registration_id, person_id, registered_on, closed_on, close_reason, sex, birth_year,
       citizenship, education, comune, district, cpi, months_unemployed, disability,
       profiling_scheme, profiling_class, profiling_index, profiled_on, updated_on
FROM latest
