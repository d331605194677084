-- title.it: Prime iscrizioni in numeri
-- title.en: First registrations in numbers
-- description.it: Quello che i conteggi chiedono della prima iscrizione della persona nel trimestre: chiavi brevi, giorni e numeri al posto dei nomi (marts.first_registrations li dice per esteso).
-- description.en: What counts ask of the person's first registration in the quarter: short keys, days, and numbers in the place of names (marts.first_registrations spells them out).
-- grain: registration
-- materialize: table
-- column.opens_year.it: è la prima iscrizione della persona anche nell'anno
-- column.opens_year.en: it is the person's first registration of the year too
-- column.quarter_no.it: quattro volte l'anno più il trimestre meno uno
-- column.quarter_no.en: four times the year plus the quarter less one

-- The first registration of a year is the first of its quarter, so that years
-- need a mark and no rows of their own. Only who registered more than once is
-- put in order.
WITH several AS (
  SELECT person FROM marts.registrations GROUP BY person HAVING count(*) > 1
), ordered AS (
  SELECT r.registration, 4 * year(r.registered_on) + quarter(r.registered_on) - 1 AS quarter_no,
         lag(4 * year(r.registered_on) + quarter(r.registered_on) - 1) OVER (PARTITION BY r.person ORDER BY r.registered_on, r.registration_id) AS earlier_no
  FROM marts.registrations r
  SEMI JOIN several s ON s.person = r.person
), later AS (
  SELECT registration, earlier_no = quarter_no AS repeated, earlier_no // 4 < quarter_no // 4 AS opens_year
  FROM ordered
  WHERE earlier_no IS NOT NULL
)
SELECT r.registration, r.person, CAST(4 * year(r.registered_on) + quarter(r.registered_on) - 1 AS INTEGER) AS quarter_no,
       coalesce(l.opens_year, true) AS opens_year, r.registered_on, r.closed_on,
       r.close_reason = 'employed' AS closed_by_job, r.profiled_on,
       r.district_no, r.sex_no, coalesce(b.age_band_no, 0) AS age_band_no, r.citizenship_no, r.education_no, r.duration_no, r.profile_no
FROM marts.registrations r
LEFT JOIN later l ON l.registration = r.registration
LEFT JOIN marts.age_bands b ON b.age = year(r.registered_on) - r.birth_year
WHERE NOT coalesce(l.repeated, false)
