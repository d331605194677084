-- title.it: Ingressi nel Programma GOL e corsi conclusi
-- title.en: Entries into the GOL programme and courses completed
-- description.it: Una riga per persona e passo: la prima presa in carico (patto GOL), la prima formazione GOL conclusa, la prima conclusa in competenze digitali.
-- description.en: One row per person and step: the first taking in charge (GOL agreement), the first GOL training completed, the first completed in digital skills.
-- grain: person, step
-- materialize: table
-- column.path.it: percorso del patto GOL; per i corsi, dell'ultimo patto GOL firmato fino a quel giorno
-- column.path.en: path of the GOL agreement; of courses, that of the last GOL agreement signed by that day
-- column.vulnerable.it: donna, disoccupata da 12 mesi o più, con disabilità, sotto i 30 anni o di 55 anni e più
-- column.vulnerable.en: woman, unemployed for 12 months or more, disabled, under 30 or aged 55 and over

WITH agreed AS (
  SELECT a.person, a.several, a.place, a.signed_on, a.path_no, a.district_no, a.sex_no, a.birth_year, a.age_band_no, a.duration_no, a.disabled
  FROM marts.signings a
  JOIN marts.code_numbers g ON g.list = 'programme' AND g.code = 'gol' AND g.number = a.programme_no
  WHERE a.registration IS NOT NULL
), taken AS (
  SELECT person, signed_on, path_no, district_no, sex_no, birth_year, age_band_no, duration_no, disabled
  FROM agreed
  WHERE NOT several
  UNION ALL
  SELECT person, signed_on, path_no, district_no, sex_no, birth_year, age_band_no, duration_no, disabled
  FROM (SELECT *, row_number() OVER (PARTITION BY person ORDER BY place) AS first FROM agreed WHERE several) f
  WHERE first = 1
), completed AS (
  SELECT hash(person_id) AS person, min(ended_on) AS trained_on, min(ended_on) FILTER (WHERE digital) AS digital_on
  FROM staging.training
  WHERE status = 'completed' AND programme = 'gol' AND ended_on IS NOT NULL
  GROUP BY person
), courses AS (
  SELECT person, 'trained' AS step, trained_on AS entered_on FROM completed
  UNION ALL
  SELECT person, 'trained_digital', digital_on FROM completed WHERE digital_on IS NOT NULL
), paths AS (
  -- of two agreements of one day the later identifier is the last one
  SELECT a.person, a.signed_on, max_by(a.path_no, a.place) AS path_no
  FROM agreed a
  SEMI JOIN completed c ON c.person = a.person
  GROUP BY a.person, a.signed_on
), trained AS (
  -- training knows persons but not where they live
  SELECT c.person, c.step, c.entered_on, coalesce(p.path_no, n.number) AS path_no, h.district_no, h.sex_no, h.birth_year
  FROM courses c
  JOIN marts.code_numbers n ON n.list = 'path' AND n.code = 'none'
  ASOF JOIN marts.homes h ON h.person = c.person AND c.entered_on >= h.from_day
  ASOF LEFT JOIN paths p ON p.person = c.person AND c.entered_on >= p.signed_on
), steps AS (
  SELECT t.person, 'taken_in_charge' AS step, t.signed_on AS entered_on, t.path_no, t.district_no, t.sex_no, t.age_band_no,
         u.code = 'ge12' AS long_term, t.disabled, year(t.signed_on) - t.birth_year AS age
  FROM taken t
  LEFT JOIN marts.code_numbers u ON u.list = 'duration' AND u.number = t.duration_no
  UNION ALL
  SELECT t.person, t.step, t.entered_on, t.path_no, t.district_no, t.sex_no, b.age_band_no, NULL, NULL, NULL
  FROM trained t
  LEFT JOIN marts.age_bands b ON b.age = year(t.entered_on) - t.birth_year
)
SELECT t.person, t.step, t.entered_on, p.code AS path, d.code AS district, s.code AS sex, b.code AS age_band,
       CASE WHEN t.step = 'taken_in_charge' THEN s.code = 'F' END AS woman, t.long_term, t.disabled, t.age < 30 AS under_30, t.age >= 55 AS over_55,
       CASE WHEN t.step = 'taken_in_charge' THEN s.code = 'F' OR t.long_term OR t.disabled OR t.age < 30 OR t.age >= 55 END AS vulnerable
FROM steps t
LEFT JOIN marts.code_numbers p ON p.list = 'path' AND p.number = t.path_no
LEFT JOIN marts.code_numbers d ON d.list = 'geo' AND d.number = t.district_no
LEFT JOIN marts.code_numbers s ON s.list = 'sex' AND s.number = t.sex_no
LEFT JOIN marts.code_numbers b ON b.list = 'age_band' AND b.number = t.age_band_no
