-- title.it: Interruzioni delle serie
-- title.en: Breaks of series
-- description.it: Il primo periodo di ogni tipo che contiene o segue il giorno in cui una classificazione è cambiata, se la serie era cominciata prima.
-- description.en: The first period of each type that contains or follows the day on which a classification changed, where the series had begun before.
-- grain: list, period_type, period
-- materialize: table

WITH begun AS (
  SELECT min(first_day) AS first_day FROM marts.periods
), broken AS (
  SELECT b.list, b.break_on, p.period_type, min(p.last_day) AS last_day
  FROM reference.breaks b
  CROSS JOIN begun s
  JOIN marts.periods p ON p.last_day >= b.break_on
  WHERE b.break_on > s.first_day
  GROUP BY b.list, b.break_on, p.period_type
)
SELECT DISTINCT b.list, b.period_type, p.period
FROM broken b
JOIN marts.periods p ON p.period_type = b.period_type AND p.last_day = b.last_day
