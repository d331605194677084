-- title.it: Movimenti di chi cerca lavoro
-- title.en: Movements of jobseekers
-- description.it: Per distretto di domicilio, trimestre e professione dell'ultimo lavoro: di quanto cambia il numero delle persone con un'iscrizione aperta.
-- description.en: By district of domicile, quarter and occupation of the last job: by how much the number of persons with an open registration changes.
-- grain: district, quarter, occupation
-- materialize: table
-- column.quarter.it: primo giorno del trimestre
-- column.quarter.en: first day of the quarter
-- column.change.it: persone che entrano meno persone che escono; chi esce l'ultimo giorno del trimestre è contato nel successivo
-- column.change.en: persons who enter less persons who leave; who leaves on the last day of a quarter is counted in the next

-- A person seeks work while her latest registration is open: the next one ends
-- it. Her occupation is that of the last job begun before it; of several begun
-- on one day the great group with the lowest number, so that order decides
-- nothing. The day and the occupation are one number, so that the nearest
-- earlier one is found without sorting jobs of one day.
WITH spans AS (
  SELECT person, district, from_day,
         least(closed_on, lead(from_day) OVER (PARTITION BY person ORDER BY from_day) - 1) AS last_day
  FROM marts.homes
), jobs AS (
  SELECT person,
         (start_on - DATE '1900-01-01') * 10 + CASE WHEN occupation = 'nd' THEN 0 ELSE 10 - CAST(occupation AS INTEGER) END AS key
  FROM marts.spans
  WHERE works
), searches AS (
  SELECT s.district, s.from_day, s.last_day,
         CASE WHEN coalesce(j.key % 10, 0) = 0 THEN 'nd' ELSE CAST(10 - j.key % 10 AS VARCHAR) END AS occupation
  FROM spans s
  ASOF LEFT JOIN jobs j ON j.person = s.person AND (s.from_day - DATE '1900-01-01') * 10 > j.key
  WHERE s.last_day IS NULL OR s.last_day >= s.from_day
), movements AS (
  SELECT district, year(from_day) * 4 + quarter(from_day) AS quarter, occupation, count(*) AS change
  FROM searches
  GROUP BY ALL
  UNION ALL
  SELECT district, year(last_day + 1) * 4 + quarter(last_day + 1) AS quarter, occupation, -count(*)
  FROM searches
  WHERE last_day IS NOT NULL
  GROUP BY ALL
)
SELECT district, make_date((quarter - 1) // 4, (quarter - 1) % 4 * 3 + 1, 1) AS quarter, occupation,
       CAST(sum(change) AS BIGINT) AS change
FROM movements
WHERE district IS NOT NULL
GROUP BY ALL
