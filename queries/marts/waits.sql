-- title.it: Attese in numeri
-- title.en: Waits in numbers
-- description.it: Quello che i conteggi chiedono dell'attesa fra la prima iscrizione nel trimestre e il patto: giorni, e numeri al posto dei nomi (marts.timeliness li dice per esteso).
-- description.en: What counts ask of the wait between the first registration in the quarter and the agreement: days, and numbers in the place of names (marts.timeliness spells them out).
-- grain: registration
-- materialize: table

WITH signed_by AS NOT MATERIALIZED (
  SELECT person, signed_on, assessed_on, place * 1000 + programme_no AS placed_programme FROM marts.signings
), firsts AS NOT MATERIALIZED (
  SELECT registration, person, quarter_no, opens_year, registered_on, closed_on, closed_by_job, profiled_on,
         district_no, traits
  FROM marts.firsts
), signed AS (
  -- any agreement of the person, whichever registration it names: the first from
  -- the day of registration on, found among the few of the same person; of several
  -- of a day the first, so that the programme is certain
  SELECT f.registration, min(CASE WHEN a.assessed_on >= f.registered_on THEN a.assessed_on END) AS assessed_on,
         min(CASE WHEN a.signed_on >= f.registered_on THEN a.signed_on END) AS signed_on,
         min(CASE WHEN a.signed_on >= f.registered_on THEN a.placed_programme END) % 1000 AS programme_no
  FROM signed_by a
  JOIN firsts f ON f.person = a.person AND f.registered_on <= greatest(a.signed_on, a.assessed_on)
  GROUP BY f.registration
)
SELECT f.registration, f.quarter_no, f.opens_year, f.registered_on,
       f.district_no, f.traits,
       f.profiled_on, s.assessed_on, s.programme_no, s.signed_on - f.registered_on AS agreed_after_days,
       CASE WHEN f.closed_by_job THEN f.closed_on - f.registered_on END AS employed_after_days,
       CASE WHEN NOT f.closed_by_job THEN f.closed_on - f.registered_on END AS closed_after_days
FROM firsts f
LEFT JOIN signed s ON s.registration = f.registration
