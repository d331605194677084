-- title.it: Celle degli esiti occupazionali
-- title.en: Cells of the employment outcomes
-- description.it: Occupati e coorte per cella richiesta e orizzonte, per chi alla firma del patto non lavorava e per chi lavorava già.
-- description.en: Employed persons and cohort by requested cell and horizon, for those out of work when they signed and for those already at work.
-- grain: in_work, geo, period, sex, age_band, citizenship, education, duration, path, measure
-- materialize: table

WITH horizons AS (
  -- named after their days: other horizons need other measures, and a new version
  SELECT 'employed_' || CAST(value AS INTEGER) AS measure, CAST(value AS INTEGER) AS days
  FROM reference.parameters
  WHERE name IN ('outcome_days_short', 'outcome_days_middle', 'outcome_days_long')
), twins (in_work) AS (
  VALUES (false), (true)
), periods AS (
  SELECT q.period, q.first_day, q.last_day
  FROM marts.periods q
  JOIN marts.completeness c ON c.contract = 'registrations'
  WHERE q.period_type = 'quarter' AND q.last_day >= c.complete_from AND q.first_day <= c.complete_to
), reads (contract, followed) AS (
  -- agreements and registrations make the cohort, communications follow it
  VALUES ('registrations', false), ('agreements', false), ('placements', true)
), states AS (
  -- a quarter is observable when all its members are, so that the mix of the
  -- cohort never shifts
  SELECT h.measure, p.period,
         CASE WHEN bool_or(p.first_day < c.complete_from) THEN 'source_gap'
              WHEN NOT bool_and(coalesce(
                     p.last_day + CASE WHEN r.followed THEN h.days ELSE 0 END <= c.settled_to, false)) THEN 'not_observable'
         END AS reason
  FROM horizons h
  CROSS JOIN periods p
  CROSS JOIN reads r
  JOIN marts.completeness c ON c.contract = r.contract
  GROUP BY h.measure, p.period
), requested AS (
  SELECT t.in_work, c.geo_level, c.geo, s.period, s.measure, s.reason,
         c.sex, c.age_band, c.citizenship, c.education, c.duration, c.path
  FROM marts.cells c
  CROSS JOIN states s
  CROSS JOIN twins t
  WHERE c.period_type = 'quarter' AND c.breakdown IN ('_T', 'sex', 'age_band', 'citizenship', 'education', 'duration', 'path')
), leaves AS (
  -- counted by district first: few rows are left to sum over the territories
  SELECT in_work, district, period, measure,
         CASE WHEN grouping(sex) = 0 THEN sex ELSE '_T' END AS sex,
         CASE WHEN grouping(age_band) = 0 THEN age_band ELSE '_T' END AS age_band,
         CASE WHEN grouping(citizenship) = 0 THEN citizenship ELSE '_T' END AS citizenship,
         CASE WHEN grouping(education) = 0 THEN education ELSE '_T' END AS education,
         CASE WHEN grouping(duration) = 0 THEN duration ELSE '_T' END AS duration,
         CASE WHEN grouping(path) = 0 THEN path ELSE '_T' END AS path,
         count(*) FILTER (WHERE employed) AS employed, count(*) AS cohort
  FROM marts.outcomes
  GROUP BY GROUPING SETS (
    (in_work, district, period, measure), (in_work, district, period, measure, sex),
    (in_work, district, period, measure, age_band), (in_work, district, period, measure, citizenship),
    (in_work, district, period, measure, education), (in_work, district, period, measure, duration),
    (in_work, district, period, measure, path)
  )
), counted AS (
  SELECT l.in_work, g.geo, l.period, l.measure, l.sex, l.age_band, l.citizenship, l.education, l.duration, l.path,
         sum(l.employed) AS employed, sum(l.cohort) AS cohort
  FROM leaves l
  JOIN marts.geo_paths g ON g.leaf = l.district
  GROUP BY l.in_work, g.geo, l.period, l.measure, l.sex, l.age_band, l.citizenship, l.education, l.duration, l.path
)
SELECT r.in_work, r.geo_level, r.geo, r.period,
       r.sex, r.age_band, r.citizenship, r.education, r.duration, r.path, r.measure,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.employed, 0) AS DOUBLE) END AS employed,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.cohort, 0) AS DOUBLE) END AS cohort, r.reason
FROM requested r
LEFT JOIN counted c
  ON c.in_work = r.in_work AND c.geo = r.geo AND c.period = r.period AND c.measure = r.measure
 AND c.sex = r.sex AND c.age_band = r.age_band AND c.citizenship = r.citizenship
 AND c.education = r.education AND c.duration = r.duration AND c.path = r.path
