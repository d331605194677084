-- title.it: Passi dopo l'iscrizione, per giorni
-- title.en: Steps after registration, by days
-- description.it: Quante persone di ogni territorio e periodo hanno raggiunto ciascun passo dopo quanti giorni, per programma. Il passo did è l'iscrizione stessa: conta tutta la coorte.
-- description.en: How many persons of each territory and period reached each step after how many days, by programme. The step did is the registration itself: it counts the whole cohort.
-- grain: district, period_type, period, programme, step, days
-- materialize: table

-- Counted once here for shares and medians alike: a few rows per day instead of
-- one per person and territory. Persons are read once: each brings the list of
-- the steps that she has taken.
WITH taken AS (
  SELECT district, quarter, year, opens_year, programme,
         unnest([0, 1, 2, 3, 4, 5, 6]) AS step,
         unnest([0, reception_days, profile_days, assessment_days, agreement_days, first_measure_days, placement_days]) AS days
  FROM marts.funnel_steps
), steps AS (
  SELECT district, quarter, year, opens_year, programme, step, days, count(*) AS persons
  FROM taken
  WHERE days IS NOT NULL
  GROUP BY district, quarter, year, opens_year, programme, step, days
), dated AS (
  -- the registration that opens the year is also the first of its quarter
  SELECT district, 'quarter' AS period_type, quarter AS period, programme, step, days, persons
  FROM steps
  UNION ALL
  SELECT district, 'year', year, programme, step, days, persons
  FROM steps
  WHERE opens_year
)
SELECT district, period_type, period, programme,
       ['did', 'reception', 'profile', 'assessment', 'agreement', 'first_measure', 'placement'][step + 1] AS step,
       CAST(days AS BIGINT) AS days, sum(persons) AS persons
FROM dated
GROUP BY district, period_type, period, programme, step, days
