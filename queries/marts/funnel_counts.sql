-- title.it: Passi dopo l'iscrizione, per giorni
-- title.en: Steps after registration, by days
-- description.it: Quante persone di ogni territorio e trimestre hanno raggiunto ciascun passo dopo quanti giorni, per programma, in numeri. Il passo 0 è l'iscrizione stessa: conta tutta la coorte. Quello che apre l'anno vale anche per l'anno.
-- description.en: How many persons of each territory and quarter reached each step after how many days, by programme, in numbers. Step 0 is the registration itself: it counts the whole cohort. What opens the year holds for the year too.
-- grain: district_no, quarter_no, opens_year, programme_no, step_no, days
-- materialize: table
-- column.step_no.it: 0 did, 1 reception, 2 profile, 3 assessment, 4 agreement, 5 first_measure, 6 placement
-- column.step_no.en: 0 did, 1 reception, 2 profile, 3 assessment, 4 agreement, 5 first_measure, 6 placement

-- Counted once here for shares and medians alike: a few rows per day instead of
-- one per person and territory. Persons are read once, and counted by one step
-- at a time.
WITH taken AS (
  -- one number for district, quarter, year and programme
  SELECT ((CAST(district_no AS BIGINT) * 100000 + quarter_no) * 1000 + programme_no) * 2 + CAST(opens_year AS INTEGER) AS leaf,
         reception_days, profile_days, assessment_days, agreement_days, first_measure_days, placement_days
  FROM marts.funnel_steps
  WHERE district_no IS NOT NULL
), counted AS (
  SELECT leaf, grouping(reception_days, profile_days, assessment_days, agreement_days, first_measure_days, placement_days) AS others,
         coalesce(reception_days, profile_days, assessment_days, agreement_days, first_measure_days, placement_days) AS days,
         count(*) AS persons
  FROM taken
  GROUP BY GROUPING SETS ((leaf, reception_days), (leaf, profile_days), (leaf, assessment_days), (leaf, agreement_days),
                          (leaf, first_measure_days), (leaf, placement_days))
), steps AS (
  -- the one column that is grouped by has its bit unset, the first column the highest
  SELECT leaf, CASE 63 - others WHEN 32 THEN 1 WHEN 16 THEN 2 WHEN 8 THEN 3 WHEN 4 THEN 4 WHEN 2 THEN 5 ELSE 6 END AS step_no, days, persons
  FROM counted
), told AS (
  SELECT leaf, step_no, days, persons FROM steps WHERE days IS NOT NULL
  UNION ALL
  SELECT leaf, 0, 0, CAST(sum(persons) AS BIGINT) FROM steps WHERE step_no = 1 GROUP BY leaf
)
SELECT CAST(leaf // 200000000 AS SMALLINT) AS district_no, CAST(leaf // 2000 % 100000 AS INTEGER) AS quarter_no, leaf % 2 = 1 AS opens_year,
       CAST(leaf // 2 % 1000 AS SMALLINT) AS programme_no, CAST(step_no AS SMALLINT) AS step_no, CAST(days AS INTEGER) AS days, persons
FROM told
