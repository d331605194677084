-- title.it: Chi può essere troppo anziano per un lavoro di cui non si sa più nulla
-- title.en: Who may be too old for a job that nothing was heard of
-- description.it: Poche persone, secondo la loro ultima iscrizione.
-- description.en: Few persons, by their latest registration.
-- grain: person
-- materialize: table
-- column.last_silent_year.it: un rapporto aperto di cui non si sa nulla da quest'anno, o da prima, non è creduto in corso
-- column.last_silent_year.en: an open relationship of which nothing was heard since this year, or before it, is not believed to run

-- Read off the registrations themselves, of the few who were old at any of them:
-- so marts.ties, the longest to make, waits for no table of all registrations.
WITH old AS (
  SELECT hash(r.person_id) AS person
  FROM staging.registrations r
  CROSS JOIN marts.silence_limits l
  WHERE year(l.complete_to) - r.birth_year > l.too_old
), latest AS (
  SELECT r.person, r.birth_year
  FROM (SELECT hash(person_id) AS person, birth_year, registered_on, registration_id FROM staging.registrations) r
  SEMI JOIN old o ON o.person = r.person
  QUALIFY row_number() OVER (PARTITION BY r.person ORDER BY r.registered_on DESC, r.registration_id DESC) = 1
)
SELECT r.person, r.birth_year + l.too_old AS last_silent_year
FROM latest r
CROSS JOIN marts.silence_limits l
WHERE year(l.complete_to) - r.birth_year > l.too_old
