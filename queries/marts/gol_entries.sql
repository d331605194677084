-- title.it: Ingressi nel Programma GOL e corsi conclusi
-- title.en: Entries into the GOL programme and courses completed
-- description.it: Una riga per persona e passo: la prima presa in carico (patto GOL), la prima formazione GOL conclusa, la prima conclusa in competenze digitali.
-- description.en: One row per person and step: the first taking in charge (GOL agreement), the first GOL training completed, the first completed in digital skills.
-- grain: person_id, step
-- materialize: table
-- column.path.it: percorso del patto GOL; per i corsi, dell'ultimo patto GOL firmato fino a quel giorno
-- column.path.en: path of the GOL agreement; of courses, that of the last GOL agreement signed by that day
-- column.vulnerable.it: donna, disoccupata da 12 mesi o più, con disabilità, sotto i 30 anni o di 55 anni e più
-- column.vulnerable.en: woman, unemployed for 12 months or more, disabled, under 30 or aged 55 and over

WITH agreed AS (
  SELECT person_id, person, agreement_id, signed_on, path, district, sex, birth_year, age_band, duration, disabled
  FROM marts.agreements
  WHERE programme = 'gol'
), taken AS (
  SELECT person_id, signed_on AS entered_on, path, district, sex, birth_year, age_band, duration, disabled
  FROM agreed
  QUALIFY row_number() OVER (PARTITION BY person ORDER BY signed_on, agreement_id) = 1
), paths AS (
  -- of two agreements of one day the later identifier is the last one
  SELECT person, signed_on, path
  FROM agreed
  QUALIFY row_number() OVER (PARTITION BY person, signed_on ORDER BY agreement_id DESC) = 1
), completed AS (
  SELECT person_id, min(ended_on) AS trained_on, min(ended_on) FILTER (WHERE digital) AS digital_on
  FROM staging.training
  WHERE status = 'completed' AND programme = 'gol' AND ended_on IS NOT NULL
  GROUP BY person_id
), courses AS (
  SELECT person_id, 'trained' AS step, trained_on AS entered_on FROM completed
  UNION ALL
  SELECT person_id, 'trained_digital', digital_on FROM completed WHERE digital_on IS NOT NULL
), trained AS (
  -- training knows persons but not where they live
  SELECT c.person_id, c.step, c.entered_on, coalesce(p.path, 'none') AS path, h.district, h.sex, h.birth_year
  FROM courses c
  ASOF JOIN marts.homes h ON h.person = hash(c.person_id) AND c.entered_on >= h.from_day
  ASOF LEFT JOIN paths p ON p.person = hash(c.person_id) AND c.entered_on >= p.signed_on
)
SELECT person_id, 'taken_in_charge' AS step, entered_on, path, district, sex, age_band,
       sex = 'F' AS woman, duration = 'ge12' AS long_term, disabled,
       year(entered_on) - birth_year < 30 AS under_30, year(entered_on) - birth_year >= 55 AS over_55,
       sex = 'F' OR duration = 'ge12' OR disabled
         OR year(entered_on) - birth_year < 30 OR year(entered_on) - birth_year >= 55 AS vulnerable
FROM taken
UNION ALL
SELECT t.person_id, t.step, t.entered_on, t.path, t.district, t.sex, b.age_band,
       NULL AS woman, NULL AS long_term, NULL AS disabled, NULL AS under_30, NULL AS over_55, NULL AS vulnerable
FROM trained t
LEFT JOIN marts.age_bands b ON b.age = year(t.entered_on) - t.birth_year
