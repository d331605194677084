-- title.it: Attese in numeri
-- title.en: Waits in numbers
-- description.it: Quello che i conteggi chiedono dell'attesa fra la prima iscrizione nel trimestre e il patto: giorni, e numeri al posto dei nomi (marts.timeliness li dice per esteso).
-- description.en: What counts ask of the wait between the first registration in the quarter and the agreement: days, and numbers in the place of names (marts.timeliness spells them out).
-- grain: registration
-- materialize: table

WITH signed AS (
  -- any agreement of the person, whichever registration it names: the first from
  -- the day of registration on, found among the few of the same person
  SELECT f.registration, min(a.signed_on) AS signed_on
  FROM marts.signings a
  JOIN marts.firsts f ON f.person = a.person AND f.registered_on <= a.signed_on
  GROUP BY f.registration
)
SELECT f.registration, f.quarter_no, f.opens_year, f.registered_on,
       f.district_no, f.sex_no, f.age_band_no, f.citizenship_no, f.education_no, f.duration_no, f.profile_no,
       s.signed_on - f.registered_on AS agreed_after_days,
       CASE WHEN f.closed_by_job THEN f.closed_on - f.registered_on END AS employed_after_days,
       CASE WHEN NOT f.closed_by_job THEN f.closed_on - f.registered_on END AS closed_after_days
FROM marts.firsts f
LEFT JOIN signed s ON s.registration = f.registration
