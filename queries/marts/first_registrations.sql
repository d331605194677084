-- title.it: Prima iscrizione della persona nel trimestre
-- title.en: First registration of the person in the quarter
-- description.it: Una riga per persona e trimestre: la prima iscrizione decide territorio, caratteristiche e finestra, così che le tavole quadrino. Quella che apre l'anno vale anche per l'anno.
-- description.en: One row per person and quarter: the first registration decides territory, attributes and window, so that tables add up. The one that opens the year holds for the year too.
-- grain: person_id, quarter
-- column.opens_year.it: è la prima iscrizione della persona anche nell'anno
-- column.opens_year.en: it is the person's first registration of the year too

-- For reading: counts ask marts.firsts.
SELECT r.person_id, year(r.registered_on) || '-Q' || quarter(r.registered_on) AS quarter, CAST(year(r.registered_on) AS VARCHAR) AS year, f.opens_year,
       r.registration_id, r.registration, r.person, r.registered_on, r.closed_on, r.close_reason, r.profiled_on,
       r.district, r.sex, b.age_band, r.citizenship, r.education, r.duration, r.profile
FROM marts.firsts f
JOIN marts.registrations r ON r.registration = f.registration
LEFT JOIN marts.age_bands b ON b.age = year(r.registered_on) - r.birth_year
