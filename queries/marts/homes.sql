-- title.it: Domicili nel tempo
-- title.en: Homes over time
-- description.it: Una riga per persona e giorno d'iscrizione: territorio e caratteristiche che valgono da quel giorno fino all'iscrizione successiva.
-- description.en: One row per person and day of registration: territory and attributes that hold from that day until the next registration.
-- grain: person_id, from_day
-- materialize: table
-- column.from_day.it: primo giorno in cui valgono
-- column.from_day.en: first day on which they hold
-- column.closed_on.it: ultimo giorno dell'iscrizione; vuoto se è aperta
-- column.closed_on.en: last day of the registration; empty while it is open

-- Sources that know persons but not where they live ask here: the latest
-- registration on or before the day tells. Of two on one day the greater
-- identifier holds, so that there is one home a day.
SELECT person_id, person, registered_on AS from_day, registration_id, closed_on, district, sex, birth_year, citizenship, education
FROM marts.registrations
QUALIFY row_number() OVER (PARTITION BY person, registered_on ORDER BY registration_id DESC) = 1
