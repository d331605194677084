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
  SELECT registration, person, district_no, from_day, least(closed_on, nullif(until_day, DATE '9999-12-31') - 1) AS last_day
  FROM marts.homes
), unknown AS (
  SELECT number FROM marts.code_numbers WHERE list = 'occupation' AND code = 'nd'
), jobs AS (
  SELECT s.person, (s.start_on - DATE '1900-01-01') * 1000 + CASE WHEN s.occupation_no IN (0, u.number) THEN 0 ELSE 1000 - s.occupation_no END AS key
  FROM marts.spans s
  CROSS JOIN unknown u
  WHERE s.works
), before AS (
  -- the last job begun before, found among the few of the same person
  SELECT s.registration, max(j.key) % 1000 AS place
  FROM jobs j
  JOIN spans s ON s.person = j.person AND (s.from_day - DATE '1900-01-01') * 1000 > j.key
  GROUP BY s.registration
), searches AS (
  SELECT s.district_no, s.from_day, s.last_day, coalesce(b.place, 0) AS place
  FROM spans s
  LEFT JOIN before b ON b.registration = s.registration
  WHERE s.last_day IS NULL OR s.last_day >= s.from_day
), counted AS (
  SELECT district_no, (12 * year(from_day) + month(from_day) - 1) // 3 AS from_no, (12 * year(last_day + 1) + month(last_day + 1) - 1) // 3 AS left_no, place, count(*) AS persons
  FROM searches
  WHERE district_no IS NOT NULL
  GROUP BY ALL
), movements AS (
  SELECT district_no, from_no AS quarter_no, place, persons AS change FROM counted
  UNION ALL
  SELECT district_no, left_no, place, -persons FROM counted WHERE left_no IS NOT NULL
), summed AS (
  SELECT district_no, quarter_no, place, CAST(sum(change) AS BIGINT) AS change
  FROM movements
  GROUP BY district_no, quarter_no, place
)
SELECT d.code AS district, make_date(s.quarter_no // 4, s.quarter_no % 4 * 3 + 1, 1) AS quarter, coalesce(o.code, 'nd') AS occupation, s.change
FROM summed s
JOIN marts.code_numbers d ON d.list = 'geo' AND d.number = s.district_no
LEFT JOIN marts.code_numbers o ON s.place > 0 AND o.list = 'occupation' AND o.number = 1000 - s.place
