-- title.it: Periodi coperti da una fonte
-- title.en: Periods covered by a source
-- description.it: I trimestri e gli anni che una fonte copre dal primo all'ultimo giorno, provvisori finché possono arrivare dati in ritardo.
-- description.en: The quarters and years that a source covers from the first to the last day, provisional as long as late data may come.
-- grain: contract, period_type, period
-- materialize: table
-- column.provisional.it: l'ultimo giorno non è ancora assestato
-- column.provisional.en: the last day is not settled yet

-- Counts of events are shown as soon as a period is whole; what looks beyond a
-- period asks marts.period_sources instead.
SELECT c.contract, p.period_type, p.period, p.first_day, p.last_day,
       CAST(date_trunc('quarter', p.last_day) AS DATE) AS last_quarter, p.last_day > c.settled_to AS provisional
FROM marts.periods p
JOIN marts.completeness c ON p.first_day >= c.complete_from AND p.last_day <= c.complete_to
