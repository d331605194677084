-- title.it: Persone in GOL a fine trimestre
-- title.en: Persons in GOL at the end of the quarter
-- description.it: Una riga per persona e trimestre: chi l'ultimo giorno è nel programma da abbastanza tempo, e se quel giorno lavora con un lavoro cominciato dopo l'ingresso o solo con uno di prima.
-- description.en: One row per person and quarter: who on its last day has been in the programme for long enough, and whether she is in work that day in a job begun after entry or only in one from before.
-- grain: person, quarter_no

-- Quarters are numbers here (year times four plus quarter), so that who is
-- present at which last day is counted and not searched for.
WITH least AS (
  SELECT CAST(value AS INTEGER) AS days FROM reference.parameters WHERE name = 'gol_stock_days'
), quarters AS (
  SELECT period, last_day, year(last_day) * 4 + quarter(last_day) AS number FROM marts.periods WHERE period_type = 'quarter'
), bounds AS (
  SELECT min(number) AS first, max(number) AS last FROM quarters
), stays AS (
  -- from the first last day that is far enough from signing to the last one before closing
  SELECT a.person, a.several, a.place, a.signed_on, a.district_no, a.path_no,
         CAST(greatest(year(a.signed_on + l.days) * 4 + quarter(a.signed_on + l.days), b.first) AS INTEGER) AS from_quarter,
         CAST(least(coalesce(year(a.closed_on + 1) * 4 + quarter(a.closed_on + 1) - 1, b.last), b.last) AS INTEGER) AS to_quarter
  FROM marts.signings a
  CROSS JOIN least l
  CROSS JOIN bounds b
  JOIN marts.code_numbers g ON g.list = 'programme' AND g.code = 'gol' AND g.number = a.programme_no
  WHERE a.registration IS NOT NULL
), days AS (
  SELECT person, several, place, signed_on, district_no, path_no, CAST(unnest(generate_series(from_quarter, to_quarter)) AS INTEGER) AS quarter
  FROM stays
  WHERE from_quarter <= to_quarter
), present AS (
  SELECT person, signed_on, district_no, path_no, quarter
  FROM days
  WHERE NOT several
  UNION ALL
  SELECT person, signed_on, district_no, path_no, quarter
  FROM (SELECT *, row_number() OVER (PARTITION BY person, quarter ORDER BY place) AS first FROM days WHERE several) d
  WHERE first = 1
), jobs AS (
  -- the last days that a job covers
  SELECT s.person, s.start_on,
         greatest(year(s.start_on) * 4 + quarter(s.start_on), b.first) AS from_quarter,
         least(coalesce(year(s.end_on + 1) * 4 + quarter(s.end_on + 1) - 1, b.last), b.last) AS to_quarter
  FROM marts.spans s
  CROSS JOIN bounds b
  WHERE s.works
), working AS (
  SELECT n.person, n.quarter, bool_or(j.start_on > n.signed_on) AS after_entry
  FROM present n
  JOIN jobs j ON j.person = n.person AND n.quarter BETWEEN j.from_quarter AND j.to_quarter
  GROUP BY n.person, n.quarter
)
SELECT n.person, CAST(n.quarter - 1 AS INTEGER) AS quarter_no, n.district_no, n.path_no,
       coalesce(w.after_entry, false) AS employed_after_entry, coalesce(NOT w.after_entry, false) AS employed_before_entry
FROM present n
LEFT JOIN working w ON w.person = n.person AND w.quarter = n.quarter
