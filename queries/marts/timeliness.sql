-- title.it: Attesa dall'iscrizione al patto
-- title.en: Wait from registration to agreement
-- description.it: Per la prima iscrizione della persona nel trimestre: i giorni fino al primo patto firmato da quel giorno in poi e, se l'iscrizione si è chiusa, i giorni fino alla chiusura, per lavoro o per altro.
-- description.en: For the first registration of the person in the quarter: days to the first agreement signed from that day on and, if the registration was closed, days to its closing, by a job or otherwise.
-- grain: person_id, quarter
-- materialize: table

WITH signed AS (
  -- any agreement of the person, whichever registration it names
  SELECT hash(person_id) AS person, signed_on FROM staging.agreements
)
SELECT f.person_id, f.quarter, f.year, f.opens_year, f.registered_on,
       f.district, f.sex, f.age_band, f.citizenship, f.education, f.duration, f.profile,
       s.signed_on - f.registered_on AS agreed_after_days,
       CASE WHEN f.close_reason = 'employed' THEN f.closed_on - f.registered_on END AS employed_after_days,
       CASE WHEN f.close_reason <> 'employed' THEN f.closed_on - f.registered_on END AS closed_after_days
FROM marts.first_registrations f
ASOF LEFT JOIN signed s ON s.person = f.person AND s.signed_on >= f.registered_on
