-- title.it: Esiti occupazionali
-- title.en: Employment outcomes
-- description.it: Una riga per patto della coorte e orizzonte: se un periodo di occupazione copre quel giorno.
-- description.en: One row per agreement of the cohort and horizon: whether a spell of employment covers that day.
-- grain: agreement_id, measure
-- materialize: table

WITH horizons AS (
  -- named after their days: other horizons need other measures, and a new version
  SELECT 'employed_' || CAST(value AS INTEGER) AS measure, CAST(value AS INTEGER) AS days
  FROM reference.parameters
  WHERE name IN ('outcome_days_short', 'outcome_days_middle', 'outcome_days_long')
), followed AS (
  SELECT c.agreement_id, h.measure, c.person_id, c.signed_on + h.days AS on_day
  FROM marts.cohorts c
  CROSS JOIN horizons h
), working AS (
  SELECT DISTINCT f.agreement_id, f.measure
  FROM followed f
  JOIN marts.employment e ON e.person_id = f.person_id
  WHERE e.start_on <= f.on_day AND (e.end_on IS NULL OR f.on_day <= e.end_on)
)
SELECT c.agreement_id, f.measure, f.on_day, w.agreement_id IS NOT NULL AS employed,
       c.in_work, c.period, c.path, c.district, c.sex, c.age_band, c.citizenship, c.education, c.duration
FROM followed f
JOIN marts.cohorts c ON c.agreement_id = f.agreement_id
LEFT JOIN working w ON w.agreement_id = f.agreement_id AND w.measure = f.measure
