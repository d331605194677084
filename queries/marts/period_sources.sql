-- title.it: Fonti di ogni periodo
-- title.en: Sources of each period
-- description.it: Per ogni periodo che ha iscrizioni e per ogni fonte: se la fonte comincia dopo l'inizio del periodo e da quanti giorni il periodo è assestato.
-- description.en: For each period that has registrations and for each source: whether the source begins after the period does, and for how many days the period has been settled.
-- grain: period_type, period, contract
-- materialize: table
-- column.begins_before.it: il periodo comincia prima della fonte: lì la fonte ha un buco
-- column.begins_before.en: the period begins before the source does: there the source has a gap
-- column.settled_days.it: giorni assestati dopo l'ultimo del periodo; negativi se non è ancora assestato, vuoto se la fonte non è mai arrivata
-- column.settled_days.en: settled days after the last one of the period; negative while it is not settled, empty if the source never came

-- A measure that looks N days beyond a period is known once every source it
-- reads has settled_days >= N, so that the whole period has been followed.
WITH registered AS (
  SELECT complete_from, complete_to FROM marts.completeness WHERE contract = 'registrations'
)
SELECT p.period_type, p.period, p.first_day, p.last_day, c.contract,
       coalesce(p.first_day < c.complete_from, false) AS begins_before,
       c.settled_to - p.last_day AS settled_days
FROM marts.periods p
CROSS JOIN registered r
CROSS JOIN marts.completeness c
WHERE p.last_day >= r.complete_from AND p.first_day <= r.complete_to
