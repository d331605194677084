-- title.it: Sostegni in corso a fine periodo
-- title.en: Income support running at the end of a period
-- description.it: Una riga per persona, tipo di sostegno e ultimo giorno di un trimestre o di un anno in cui il sostegno era in corso, con il domicilio della persona in quel giorno.
-- description.en: One row per person, kind of support and last day of a quarter or year on which the support was running, with the person's home on that day.
-- grain: person_id, kind, day
-- materialize: table

-- Two spells of one kind on one day are one person. Who never registered until
-- that day has no territory and is not counted.
WITH days AS (
  SELECT DISTINCT p.last_day AS day
  FROM marts.periods p
  JOIN marts.completeness c ON c.contract = 'benefits'
  WHERE p.last_day BETWEEN c.complete_from AND c.complete_to
), running AS (
  SELECT DISTINCT b.person_id, b.kind, d.day
  FROM days d
  JOIN staging.benefits b ON b.started_on <= d.day AND coalesce(b.ended_on, DATE '9999-12-31') >= d.day
)
SELECT r.person_id, r.kind, r.day, d.code AS district, s.code AS sex, a.age_band
FROM marts.homes h
JOIN running r ON hash(r.person_id) = h.person AND r.day >= h.from_day AND r.day < h.until_day
LEFT JOIN marts.code_numbers d ON d.list = 'geo' AND d.number = h.district_no
LEFT JOIN marts.code_numbers s ON s.list = 'sex' AND s.number = h.traits // 1000000000000000
LEFT JOIN marts.age_bands a ON a.age = year(r.day) - h.birth_year
