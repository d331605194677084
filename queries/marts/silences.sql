-- title.it: Chi può essere troppo anziano per un lavoro di cui non si sa più nulla
-- title.en: Who may be too old for a job that nothing was heard of
-- description.it: Poche persone, secondo la loro ultima iscrizione.
-- description.en: Few persons, by their latest registration.
-- grain: person
-- column.last_silent_year.it: un rapporto aperto di cui non si sa nulla da quest'anno, o da prima, non è creduto in corso
-- column.last_silent_year.en: an open relationship of which nothing was heard since this year, or before it, is not believed to run

SELECT r.person, r.birth_year + l.too_old AS last_silent_year
FROM marts.entries r
CROSS JOIN marts.silence_limits l
WHERE r.next_on IS NULL AND year(l.complete_to) - r.birth_year > l.too_old
