-- title.it: Periodi osservati
-- title.en: Periods observed
-- description.it: I trimestri e gli anni dal primo all'ultimo giorno consegnato di una qualsiasi fonte, interi ai due estremi.
-- description.en: The quarters and years from the first to the last day delivered of any source, whole at both ends.
-- grain: period_type, period
-- materialize: table
-- column.period.it: trimestre o anno, per esempio 2026-Q3 o 2026
-- column.period.en: quarter or year, such as 2026-Q3 or 2026
-- column.number.it: i trimestri in fila, quattro per anno: diviso per quattro dà l'anno, che è il numero degli anni
-- column.number.en: quarters in a row, four a year: divided by four it gives the year, which is the number of years

WITH span AS (
  SELECT min(complete_from) AS first_day, max(complete_to) AS last_day
  FROM marts.completeness
), quarters AS (
  SELECT CAST(unnest(generate_series(date_trunc('quarter', first_day), last_day, INTERVAL 3 MONTH)) AS DATE) AS first_day
  FROM span
), years AS (
  SELECT CAST(unnest(generate_series(date_trunc('year', first_day), last_day, INTERVAL 1 YEAR)) AS DATE) AS first_day
  FROM span
)
SELECT 'quarter' AS period_type, year(first_day) || '-Q' || quarter(first_day) AS period, first_day,
       CAST(first_day + INTERVAL 3 MONTH - INTERVAL 1 DAY AS DATE) AS last_day,
       CAST((12 * year(first_day) + month(first_day) - 1) // 3 AS INTEGER) AS number
FROM quarters
UNION ALL
SELECT 'year' AS period_type, CAST(year(first_day) AS VARCHAR) AS period, first_day,
       CAST(first_day + INTERVAL 1 YEAR - INTERVAL 1 DAY AS DATE) AS last_day, CAST(year(first_day) AS INTEGER)
FROM years
