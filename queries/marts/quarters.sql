-- title.it: Trimestri osservati
-- title.en: Quarters observed
-- description.it: I trimestri dal primo all'ultimo giorno consegnato di una qualsiasi fonte.
-- description.en: The quarters from the first to the last day delivered of any source.
-- grain: period
-- materialize: table
-- column.period.it: trimestre, per esempio 2026-Q3
-- column.period.en: quarter, such as 2026-Q3

WITH span AS (
  SELECT date_trunc('quarter', min(complete_from)) AS first_quarter, max(complete_to) AS last_day
  FROM marts.completeness
), starts AS (
  SELECT CAST(unnest(generate_series(first_quarter, last_day, INTERVAL 3 MONTH)) AS DATE) AS first_day
  FROM span
)
SELECT year(first_day) || '-Q' || quarter(first_day) AS period, first_day,
       CAST(first_day + INTERVAL 3 MONTH - INTERVAL 1 DAY AS DATE) AS last_day
FROM starts
