-- title.it: Passi del Programma GOL, in numeri
-- title.en: Steps of the GOL programme, in numbers
-- description.it: Quello che i conteggi chiedono di ogni ingresso e corso concluso: chiavi brevi, giorni, e numeri al posto dei nomi (marts.gol_entries li dice per esteso).
-- description.en: What counts ask of each entry and course completed: short keys, days, and numbers in the place of names (marts.gol_entries spells them out).
-- grain: person, step_no
-- materialize: table
-- column.step_no.it: 1 presa in carico, 2 formazione conclusa, 3 formazione conclusa in competenze digitali
-- column.step_no.en: 1 taking in charge, 2 training completed, 3 training completed in digital skills
-- column.quarter_no.it: quattro volte l'anno più il trimestre meno uno
-- column.quarter_no.en: four times the year plus the quarter less one
-- column.vulnerable.it: donna, disoccupata da 12 mesi o più, con disabilità, sotto i 30 anni o di 55 anni e più
-- column.vulnerable.en: woman, unemployed for 12 months or more, disabled, under 30 or aged 55 and over

WITH agreed AS (
  SELECT a.person, a.several, a.place, a.signed_on, a.path_no, a.district_no, a.birth_year, a.traits, a.disabled
  FROM marts.signings a
  JOIN marts.code_numbers g ON g.list = 'programme' AND g.code = 'gol' AND g.number = a.programme_no
  WHERE a.registration IS NOT NULL
), taken AS (
  SELECT person, signed_on, path_no, district_no, birth_year, traits, disabled
  FROM agreed
  WHERE NOT several
  UNION ALL
  SELECT person, signed_on, path_no, district_no, birth_year, traits, disabled
  FROM (SELECT *, row_number() OVER (PARTITION BY person ORDER BY place) AS first FROM agreed WHERE several) f
  WHERE first = 1
), completed AS (
  SELECT hash(person_id) AS person, min(ended_on) AS trained_on, min(ended_on) FILTER (WHERE digital) AS digital_on
  FROM staging.training
  WHERE status = 'completed' AND programme = 'gol' AND ended_on IS NOT NULL
  GROUP BY person
), courses AS (
  SELECT person, 2 AS step_no, trained_on AS entered_on FROM completed
  UNION ALL
  SELECT person, 3, digital_on FROM completed WHERE digital_on IS NOT NULL
), paths AS (
  -- of two agreements of one day the later identifier is the last one
  SELECT a.person, a.signed_on, max_by(a.path_no, a.place) AS path_no
  FROM agreed a
  SEMI JOIN completed c ON c.person = a.person
  GROUP BY a.person, a.signed_on
), trained AS (
  -- training knows persons but not where they live
  SELECT c.person, c.step_no, c.entered_on, coalesce(p.path_no, n.number) AS path_no, h.district_no, h.traits // 1000000000000000 AS sex_no, h.birth_year
  FROM marts.homes h
  JOIN courses c ON c.person = h.person AND c.entered_on >= h.from_day AND c.entered_on < h.until_day
  JOIN marts.code_numbers n ON n.list = 'path' AND n.code = 'none'
  ASOF LEFT JOIN paths p ON p.person = c.person AND c.entered_on >= p.signed_on
), women AS (
  -- asked of who is taken in charge
  SELECT 1 AS step_no, number AS sex_no, code = 'F' AS woman FROM marts.code_numbers WHERE list = 'sex'
), steps AS (
  SELECT t.person, 1 AS step_no, t.signed_on AS entered_on, t.path_no, t.district_no, t.traits // 1000000000000000 AS sex_no, t.traits // 1000000000000 % 1000 AS age_band_no,
         u.code = 'ge12' AS long_term, t.disabled, year(t.signed_on) - t.birth_year AS age
  FROM taken t
  LEFT JOIN marts.code_numbers u ON u.list = 'duration' AND u.number = t.traits // 1000 % 1000
  UNION ALL
  SELECT t.person, t.step_no, t.entered_on, t.path_no, t.district_no, t.sex_no, b.age_band_no, NULL, NULL, NULL
  FROM trained t
  LEFT JOIN marts.age_bands b ON b.age = year(t.entered_on) - t.birth_year
)
SELECT t.person, CAST(t.step_no AS SMALLINT) AS step_no, t.entered_on, CAST((12 * year(t.entered_on) + month(t.entered_on) - 1) // 3 AS INTEGER) AS quarter_no,
       CAST(t.path_no AS SMALLINT) AS path_no, t.district_no, CAST(t.sex_no AS SMALLINT) AS sex_no, CAST(coalesce(t.age_band_no, 0) AS SMALLINT) AS age_band_no,
       w.woman, t.long_term, t.disabled, t.age < 30 AS under_30, t.age >= 55 AS over_55,
       w.woman OR t.long_term OR t.disabled OR t.age < 30 OR t.age >= 55 AS vulnerable
FROM steps t
LEFT JOIN women w ON w.step_no = t.step_no AND w.sex_no = t.sex_no
