-- title.it: Prima iscrizione della persona nel trimestre
-- title.en: First registration of the person in the quarter
-- description.it: Una riga per persona e trimestre: la prima iscrizione decide distretto, caratteristiche e finestra, così che le tavole quadrino.
-- description.en: One row per person and quarter: the first registration decides district, attributes and window, so that tables add up.
-- grain: person_id, period
-- materialize: table

SELECT r.person_id, r.period, r.registration_id, r.registered_on, r.closed_on, r.close_reason,
       r.profiled_on, r.district, r.sex, b.age_band, r.citizenship, r.education, r.duration
FROM marts.registrations r
LEFT JOIN marts.age_bands b ON b.age = year(r.registered_on) - r.birth_year
QUALIFY row_number() OVER (
  PARTITION BY r.person_id, r.period
  ORDER BY r.registered_on, r.registration_id
) = 1
