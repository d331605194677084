-- title.it: Passi dopo l'iscrizione, per giorni
-- title.en: Steps after registration, by days
-- description.it: Quante persone di ogni territorio e periodo hanno raggiunto ciascun passo dopo quanti giorni, per programma. Il passo did è l'iscrizione stessa: conta tutta la coorte.
-- description.en: How many persons of each territory and period reached each step after how many days, by programme. The step did is the registration itself: it counts the whole cohort.
-- grain: district, period_type, period, programme, step, days
-- materialize: table

-- Counted once here for shares and medians alike: a few rows per day instead of
-- one per person and territory.
WITH steps AS (
  SELECT district, quarter, year, opens_year, programme, 'did' AS step, 0 AS days, count(*) AS persons
  FROM marts.funnel_steps GROUP BY district, quarter, year, opens_year, programme
  UNION ALL
  SELECT district, quarter, year, opens_year, programme, 'reception', reception_days, count(*)
  FROM marts.funnel_steps WHERE reception_days IS NOT NULL GROUP BY district, quarter, year, opens_year, programme, reception_days
  UNION ALL
  SELECT district, quarter, year, opens_year, programme, 'profile', profile_days, count(*)
  FROM marts.funnel_steps WHERE profile_days IS NOT NULL GROUP BY district, quarter, year, opens_year, programme, profile_days
  UNION ALL
  SELECT district, quarter, year, opens_year, programme, 'assessment', assessment_days, count(*)
  FROM marts.funnel_steps WHERE assessment_days IS NOT NULL GROUP BY district, quarter, year, opens_year, programme, assessment_days
  UNION ALL
  SELECT district, quarter, year, opens_year, programme, 'agreement', agreement_days, count(*)
  FROM marts.funnel_steps WHERE agreement_days IS NOT NULL GROUP BY district, quarter, year, opens_year, programme, agreement_days
  UNION ALL
  SELECT district, quarter, year, opens_year, programme, 'first_measure', first_measure_days, count(*)
  FROM marts.funnel_steps WHERE first_measure_days IS NOT NULL GROUP BY district, quarter, year, opens_year, programme, first_measure_days
  UNION ALL
  SELECT district, quarter, year, opens_year, programme, 'placement', placement_days, count(*)
  FROM marts.funnel_steps WHERE placement_days IS NOT NULL GROUP BY district, quarter, year, opens_year, programme, placement_days
), dated AS (
  -- the registration that opens the year is also the first of its quarter
  SELECT district, 'quarter' AS period_type, quarter AS period, programme, step, days, persons
  FROM steps
  UNION ALL
  SELECT district, 'year', year, programme, step, days, persons
  FROM steps
  WHERE opens_year
)
SELECT district, period_type, period, programme, step, days, sum(persons) AS persons
FROM dated
GROUP BY district, period_type, period, programme, step, days
