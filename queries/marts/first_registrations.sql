-- title.it: Prima iscrizione della persona nel trimestre
-- title.en: First registration of the person in the quarter
-- description.it: Una riga per persona e trimestre: la prima iscrizione decide territorio, caratteristiche e finestra, così che le tavole quadrino. Quella che apre l'anno vale anche per l'anno.
-- description.en: One row per person and quarter: the first registration decides territory, attributes and window, so that tables add up. The one that opens the year holds for the year too.
-- grain: person_id, quarter
-- materialize: table
-- column.opens_year.it: è la prima iscrizione della persona anche nell'anno
-- column.opens_year.en: it is the person's first registration of the year too

-- The first registration of a year is the first of its quarter, so that years
-- need a mark and no rows of their own.
WITH ordered AS (
  SELECT registration_id, person_id, registration, person, registered_on, closed_on, close_reason, profiled_on, district, sex,
         birth_year, citizenship, education, duration, profile,
         lag(registered_on) OVER (PARTITION BY person ORDER BY registered_on, registration_id) AS earlier_on
  FROM marts.registrations
)
SELECT o.person_id, year(o.registered_on) || '-Q' || quarter(o.registered_on) AS quarter,
       CAST(year(o.registered_on) AS VARCHAR) AS year,
       o.earlier_on IS NULL OR year(o.earlier_on) < year(o.registered_on) AS opens_year,
       o.registration_id, o.registration, o.person, o.registered_on, o.closed_on, o.close_reason, o.profiled_on,
       o.district, o.sex, b.age_band, o.citizenship, o.education, o.duration, o.profile
FROM ordered o
LEFT JOIN marts.age_bands b ON b.age = year(o.registered_on) - o.birth_year
WHERE o.earlier_on IS NULL OR date_trunc('quarter', o.earlier_on) < date_trunc('quarter', o.registered_on)
