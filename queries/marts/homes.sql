-- title.it: Domicili nel tempo
-- title.en: Homes over time
-- description.it: Una riga per persona e giorno d'iscrizione: territorio e caratteristiche che valgono da quel giorno fino all'iscrizione successiva.
-- description.en: One row per person and day of registration: territory and attributes that hold from that day until the next registration.
-- grain: person, from_day
-- column.from_day.it: primo giorno in cui valgono
-- column.from_day.en: first day on which they hold
-- column.until_day.it: primo giorno in cui non valgono più
-- column.until_day.en: first day on which they no longer hold
-- column.closed_on.it: ultimo giorno dell'iscrizione; vuoto se è aperta
-- column.closed_on.en: last day of the registration; empty while it is open

-- Sources that know persons but not where they live ask here: the latest
-- registration on or before the day tells. Of two on one day the later holds,
-- so that there is one home a day.
SELECT person, registration, registered_on AS from_day, coalesce(next_on, DATE '9999-12-31') AS until_day, closed_on, district_no, birth_year, traits
FROM marts.entries
WHERE next_on IS NULL OR next_on > registered_on
