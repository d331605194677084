-- title.it: Mesi coperti da una fonte
-- title.en: Months covered by a source
-- description.it: I mesi che una fonte copre dal primo all'ultimo giorno, provvisori finché possono arrivare dati in ritardo.
-- description.en: The months that a source covers from the first to the last day, provisional as long as late data may come.
-- grain: contract, period
-- column.period.it: mese, per esempio 2026-09
-- column.period.en: month, such as 2026-09
-- column.provisional.it: l'ultimo giorno non è ancora assestato
-- column.provisional.en: the last day is not settled yet

-- Months stand apart from marts.covered_periods: a view publishes quarters and
-- years, and months only if it reads them here.
WITH months AS (
  SELECT CAST(unnest(generate_series(first_day, last_day, INTERVAL 1 MONTH)) AS DATE) AS first_day
  FROM marts.periods
  WHERE period_type = 'quarter'
), whole AS (
  SELECT strftime(first_day, '%Y-%m') AS period, first_day, CAST(first_day + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE) AS last_day
  FROM months
)
SELECT c.contract, 'month' AS period_type, m.period, m.first_day, m.last_day, m.last_day > c.settled_to AS provisional
FROM whole m
JOIN marts.completeness c ON m.first_day >= c.complete_from AND m.last_day <= c.complete_to
