-- title.it: Periodi di occupazione delle persone
-- title.en: Employment of persons
-- description.it: L'unione dei periodi di lavoro che valgono come occupazione: uno per persona e tratto senza interruzioni. Un tratto copre il giorno d se inizia al più tardi quel giorno e non è finito prima.
-- description.en: The union of the spells of work that count as employment: one per person and stretch without interruption. A stretch covers day d if it starts on that day at the latest and has not ended before.
-- grain: person_id, start_on
-- column.end_on.it: vuoto: ancora in corso
-- column.end_on.en: empty: still running

-- For reading: what joins by person reads marts.working_times.
WITH persons AS (
  SELECT DISTINCT person_id, hash(person_id) AS person FROM staging.placements
)
SELECT p.person_id, w.start_on, w.end_on
FROM marts.working_times w
JOIN persons p ON p.person = w.person
