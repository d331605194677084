-- title.it: Persone in GOL a fine trimestre
-- title.en: Persons in GOL at the end of the quarter
-- description.it: Una riga per persona e trimestre: chi l'ultimo giorno è nel programma da abbastanza tempo, e se quel giorno lavora con un lavoro cominciato dopo l'ingresso o solo con uno di prima.
-- description.en: One row per person and quarter: who on its last day has been in the programme for long enough, and whether she is in work that day in a job begun after entry or only in one from before.
-- grain: person, quarter_no

-- Quarters are numbers here (year times four plus quarter), so that who is
-- present at which last day is counted and not searched for: of each agreement, and
-- of the jobs of its person, the last days that it covers are bits of one number, from
-- the first quarter on. There is room for 126 quarters; more would be told as an error.
WITH least AS (
  SELECT CAST(value AS INTEGER) AS days FROM reference.parameters WHERE name = 'gol_stock_days'
), quarters AS (
  SELECT period, last_day, (12 * year(last_day) + month(last_day) - 1) // 3 AS number FROM marts.periods WHERE period_type = 'quarter'
), bounds AS (
  SELECT min(number) AS first, max(number) AS last FROM quarters
), bits AS (
  -- one bit, and all bits up to it
  SELECT CAST(n.place AS INTEGER) AS place, CAST(1 AS HUGEINT) << n.place AS bit, (CAST(1 AS HUGEINT) << n.place) - 1 + (CAST(1 AS HUGEINT) << n.place) AS upto
  FROM (SELECT unnest(generate_series(0, last - first)) AS place FROM bounds) n
), stays AS (
  -- from the first last day that is far enough from signing to the last one before closing
  SELECT a.agreement, a.person, a.several, a.place, a.signed_on, a.district_no, a.path_no,
         CAST(greatest((12 * year(a.signed_on + l.days) + month(a.signed_on + l.days) - 1) // 3 - b.first, 0) AS INTEGER) AS from_place,
         CAST(least(coalesce((12 * year(a.closed_on + 1) + month(a.closed_on + 1) - 1) // 3 - 1, b.last), b.last) - b.first AS INTEGER) AS to_place
  FROM marts.signings a
  CROSS JOIN least l
  CROSS JOIN bounds b
  JOIN marts.code_numbers g ON g.list = 'programme' AND g.code = 'gol' AND g.number = a.programme_no
  WHERE a.registration IS NOT NULL
), present AS (
  SELECT s.agreement, s.person, s.signed_on, s.district_no, s.path_no, t.upto - f.upto + f.bit AS days
  FROM stays s
  JOIN bits f ON f.place = s.from_place
  JOIN bits t ON t.place = s.to_place
  WHERE NOT s.several AND s.from_place <= s.to_place
  UNION ALL
  -- who has several agreements is present by the first of them
  SELECT d.agreement, any_value(d.person), any_value(d.signed_on), any_value(d.district_no), any_value(d.path_no), bit_or(b.bit)
  FROM (
    SELECT agreement, person, signed_on, district_no, path_no, at_place, row_number() OVER (PARTITION BY person, at_place ORDER BY place) AS first
    FROM (SELECT *, unnest(generate_series(from_place, to_place)) AS at_place FROM stays WHERE several AND from_place <= to_place) e
  ) d
  JOIN bits b ON b.place = d.at_place
  WHERE d.first = 1
  GROUP BY d.agreement
), worked AS (
  SELECT person, start_on, end_on FROM marts.spans WHERE works
), jobs AS (
  -- of the jobs of who is present the last days that they cover
  SELECT n.agreement, s.start_on > n.signed_on AS after_entry,
         CAST(greatest((12 * year(s.start_on) + month(s.start_on) - 1) // 3 - b.first, 0) AS INTEGER) AS from_place,
         CAST(least(coalesce((12 * year(s.end_on + 1) + month(s.end_on + 1) - 1) // 3 - 1, b.last), b.last) - b.first AS INTEGER) AS to_place
  FROM worked s
  JOIN present n ON n.person = s.person
  CROSS JOIN bounds b
), working AS (
  SELECT j.agreement, bit_or(t.upto - f.upto + f.bit) AS days, bit_or(CASE WHEN j.after_entry THEN t.upto - f.upto + f.bit END) AS days_after
  FROM jobs j
  JOIN bits f ON f.place = j.from_place
  JOIN bits t ON t.place = j.to_place
  WHERE j.from_place <= j.to_place
  GROUP BY j.agreement
), told AS (
  SELECT n.person, n.district_no, n.path_no, n.days, coalesce(w.days, 0) AS worked, coalesce(w.days_after, 0) AS worked_after
  FROM present n
  LEFT JOIN working w ON w.agreement = n.agreement
)
SELECT n.person, CAST(b.first + q.place AS INTEGER) AS quarter_no, n.district_no, n.path_no,
       n.worked_after & q.bit <> 0 AS employed_after_entry, n.worked & q.bit <> 0 AND n.worked_after & q.bit = 0 AS employed_before_entry
FROM told n
CROSS JOIN bits q
CROSS JOIN bounds b
WHERE n.days & q.bit <> 0
