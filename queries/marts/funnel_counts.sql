-- title.it: Passi dopo l'iscrizione, per giorni
-- title.en: Steps after registration, by days
-- description.it: Quante persone di ogni territorio e periodo hanno raggiunto ciascun passo dopo quanti giorni, per programma. Il passo did è l'iscrizione stessa: conta tutta la coorte.
-- description.en: How many persons of each territory and period reached each step after how many days, by programme. The step did is the registration itself: it counts the whole cohort.
-- grain: district, period_type, period, programme, step, days
-- materialize: table

-- Counted once here for shares and medians alike: a few rows per day instead of
-- one per person and territory.
WITH units AS (
  SELECT 'quarter' AS period_type, quarter AS period, district, programme, reception_days, profile_days,
         assessment_days, agreement_days, first_measure_days, placement_days
  FROM marts.funnel_steps
  UNION ALL
  SELECT 'year', year, district, programme, reception_days, profile_days,
         assessment_days, agreement_days, first_measure_days, placement_days
  FROM marts.funnel_steps
  WHERE opens_year
), steps AS (
  SELECT district, period_type, period, programme, 'did' AS step, 0 AS days, count(*) AS persons
  FROM units GROUP BY district, period_type, period, programme
  UNION ALL
  SELECT district, period_type, period, programme, 'reception', reception_days, count(*)
  FROM units WHERE reception_days IS NOT NULL GROUP BY district, period_type, period, programme, reception_days
  UNION ALL
  SELECT district, period_type, period, programme, 'profile', profile_days, count(*)
  FROM units WHERE profile_days IS NOT NULL GROUP BY district, period_type, period, programme, profile_days
  UNION ALL
  SELECT district, period_type, period, programme, 'assessment', assessment_days, count(*)
  FROM units WHERE assessment_days IS NOT NULL GROUP BY district, period_type, period, programme, assessment_days
  UNION ALL
  SELECT district, period_type, period, programme, 'agreement', agreement_days, count(*)
  FROM units WHERE agreement_days IS NOT NULL GROUP BY district, period_type, period, programme, agreement_days
  UNION ALL
  SELECT district, period_type, period, programme, 'first_measure', first_measure_days, count(*)
  FROM units WHERE first_measure_days IS NOT NULL GROUP BY district, period_type, period, programme, first_measure_days
  UNION ALL
  SELECT district, period_type, period, programme, 'placement', placement_days, count(*)
  FROM units WHERE placement_days IS NOT NULL GROUP BY district, period_type, period, programme, placement_days
)
SELECT district, period_type, period, programme, step, days, persons
FROM steps
