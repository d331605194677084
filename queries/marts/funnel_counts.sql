-- title.it: Passi dopo l'iscrizione, per giorni
-- title.en: Steps after registration, by days
-- description.it: Quante persone di ogni territorio e trimestre hanno raggiunto ciascun passo dopo quanti giorni, per programma, in numeri. Il passo 0 è l'iscrizione stessa: conta tutta la coorte. Quello che apre l'anno vale anche per l'anno.
-- description.en: How many persons of each territory and quarter reached each step after how many days, by programme, in numbers. Step 0 is the registration itself: it counts the whole cohort. What opens the year holds for the year too.
-- grain: district_no, quarter_no, opens_year, programme_no, step_no, days
-- materialize: table
-- column.step_no.it: 0 did, 1 reception, 2 profile, 3 assessment, 4 agreement, 5 first_measure, 6 placement
-- column.step_no.en: 0 did, 1 reception, 2 profile, 3 assessment, 4 agreement, 5 first_measure, 6 placement

-- Counted once here for shares and medians alike: a few rows per day instead of
-- one per person and territory. Persons are put together once, and counted by one
-- step at a time.
WITH taken AS MATERIALIZED (
  -- one number for district, quarter, year and programme
  SELECT (((CAST(district_no AS BIGINT) * 100000 + quarter_no) * 1000 + programme_no) * 2 + CAST(opens_year AS INTEGER)) * 10000 AS leaf,
         reception_days, profile_days, assessment_days, agreement_days, first_measure_days, placement_days
  FROM marts.funnel_steps
  WHERE district_no IS NOT NULL
), told AS (
  SELECT 0 AS step_no, leaf AS dated, count(*) AS persons FROM taken GROUP BY leaf
  UNION ALL
  SELECT 1, leaf + reception_days AS dated, count(*) FROM taken WHERE reception_days IS NOT NULL GROUP BY dated
  UNION ALL
  SELECT 2, leaf + profile_days AS dated, count(*) FROM taken WHERE profile_days IS NOT NULL GROUP BY dated
  UNION ALL
  SELECT 3, leaf + assessment_days AS dated, count(*) FROM taken WHERE assessment_days IS NOT NULL GROUP BY dated
  UNION ALL
  SELECT 4, leaf + agreement_days AS dated, count(*) FROM taken WHERE agreement_days IS NOT NULL GROUP BY dated
  UNION ALL
  SELECT 5, leaf + first_measure_days AS dated, count(*) FROM taken WHERE first_measure_days IS NOT NULL GROUP BY dated
  UNION ALL
  SELECT 6, leaf + placement_days AS dated, count(*) FROM taken WHERE placement_days IS NOT NULL GROUP BY dated
)
SELECT CAST(dated // 2000000000000 AS SMALLINT) AS district_no, CAST(dated // 20000000 % 100000 AS INTEGER) AS quarter_no, dated // 10000 % 2 = 1 AS opens_year,
       CAST(dated // 20000 % 1000 AS SMALLINT) AS programme_no, CAST(step_no AS SMALLINT) AS step_no, CAST(dated % 10000 AS INTEGER) AS days, persons
FROM told
