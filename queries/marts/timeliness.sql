-- title.it: Attesa dall'iscrizione al patto
-- title.en: Wait from registration to agreement
-- description.it: Per la prima iscrizione della persona nel trimestre: i giorni fino al primo patto firmato da quel giorno in poi e, se l'iscrizione si è chiusa, i giorni fino alla chiusura, per lavoro o per altro.
-- description.en: For the first registration of the person in the quarter: days to the first agreement signed from that day on and, if the registration was closed, days to its closing, by a job or otherwise.
-- grain: person_id, quarter

-- For reading: counts ask marts.waits.
SELECT f.person_id, f.quarter, f.year, f.opens_year, f.registered_on,
       f.district, f.sex, f.age_band, f.citizenship, f.education, f.duration, f.profile,
       w.agreed_after_days, w.employed_after_days, w.closed_after_days
FROM marts.waits w
JOIN marts.first_registrations f ON f.registration = w.registration
