-- title.it: Celle degli esiti occupazionali
-- title.en: Cells of the employment outcomes
-- description.it: Quante persone della coorte e con quale esito, per cella richiesta: chi alla firma del patto non lavorava e chi lavorava già. Non dice se l'esito è già osservabile: lo dice marts.outcome_states.
-- description.en: How many persons of the cohort, and with what outcome, by requested cell: those out of work when they signed and those already at work. It does not say whether the outcome can be observed yet: marts.outcome_states does.
-- grain: in_work, geo, period_type, period, sex, age_band, citizenship, education, duration, profile, path, programme
-- materialize: table
-- column.broken.it: la disaggregazione cambia significato in questo periodo
-- column.broken.en: the breakdown changes its meaning in this period

-- Counted by district and quarter first: few rows are left to sum over years
-- and territories. A person opens one cohort a year at most, so the quarters of
-- a year have no person in common.
WITH leaves AS (
  SELECT in_work, district, period, period_year,
         CASE WHEN grouping(sex) = 0 THEN sex ELSE '_T' END AS sex,
         CASE WHEN grouping(age_band) = 0 THEN age_band ELSE '_T' END AS age_band,
         CASE WHEN grouping(citizenship) = 0 THEN citizenship ELSE '_T' END AS citizenship,
         CASE WHEN grouping(education) = 0 THEN education ELSE '_T' END AS education,
         CASE WHEN grouping(duration) = 0 THEN duration ELSE '_T' END AS duration,
         CASE WHEN grouping(profile) = 0 THEN profile ELSE '_T' END AS profile,
         CASE WHEN grouping(path) = 0 THEN path ELSE '_T' END AS path,
         CASE WHEN grouping(programme) = 0 THEN programme ELSE '_T' END AS programme,
         count(*) AS cohort,
         count(*) FILTER (WHERE employed_30) AS employed_30, count(*) FILTER (WHERE employed_90) AS employed_90,
         count(*) FILTER (WHERE employed_180) AS employed_180, count(*) FILTER (WHERE employed_365) AS employed_365,
         count(*) FILTER (WHERE employed_730) AS employed_730,
         count(*) FILTER (WHERE ever_90) AS ever_90, count(*) FILTER (WHERE ever_180) AS ever_180,
         count(*) FILTER (WHERE ever_365) AS ever_365,
         count(*) FILTER (WHERE stable) AS stable, count(*) FILTER (WHERE placed) AS placed,
         count(*) FILTER (WHERE worked_days > 0) AS worked, sum(worked_days) AS worked_days,
         sum(worked_days * worked_days) AS worked_days_squared,
         count(*) FILTER (WHERE precarious) AS precarious,
         count(*) FILTER (WHERE precarious AND open_ended_180) AS upgrade_180,
         count(*) FILTER (WHERE precarious AND open_ended_365) AS upgrade_365
  FROM marts.outcomes
  GROUP BY GROUPING SETS (
    (in_work, district, period, period_year), (in_work, district, period, period_year, sex),
    (in_work, district, period, period_year, age_band), (in_work, district, period, period_year, sex, age_band),
    (in_work, district, period, period_year, citizenship), (in_work, district, period, period_year, education),
    (in_work, district, period, period_year, duration), (in_work, district, period, period_year, profile),
    (in_work, district, period, period_year, path), (in_work, district, period, period_year, programme)
  )
), counted AS (
  SELECT l.in_work, g.geo, k.period_type,
         CASE k.period_type WHEN 'quarter' THEN l.period ELSE l.period_year END AS in_period,
         l.sex, l.age_band, l.citizenship, l.education, l.duration, l.profile, l.path, l.programme,
         sum(l.cohort) AS cohort, sum(l.employed_30) AS employed_30, sum(l.employed_90) AS employed_90,
         sum(l.employed_180) AS employed_180, sum(l.employed_365) AS employed_365, sum(l.employed_730) AS employed_730,
         sum(l.ever_90) AS ever_90, sum(l.ever_180) AS ever_180, sum(l.ever_365) AS ever_365,
         sum(l.stable) AS stable, sum(l.placed) AS placed, sum(l.worked) AS worked, sum(l.worked_days) AS worked_days,
         sum(l.worked_days_squared) AS worked_days_squared, sum(l.precarious) AS precarious,
         sum(l.upgrade_180) AS upgrade_180, sum(l.upgrade_365) AS upgrade_365
  FROM leaves l
  CROSS JOIN (VALUES ('quarter'), ('year')) AS k (period_type)
  JOIN marts.geo_paths g ON g.leaf = l.district
  GROUP BY l.in_work, g.geo, k.period_type, in_period,
           l.sex, l.age_band, l.citizenship, l.education, l.duration, l.profile, l.path, l.programme
), periods AS (
  SELECT DISTINCT period_type, period FROM marts.period_sources
), requested AS (
  SELECT t.in_work, c.geo_level, c.geo, c.period_type, p.period,
         c.sex, c.age_band, c.citizenship, c.education, c.duration, c.profile, c.path, c.programme,
         b.list IS NOT NULL AS broken
  FROM marts.cells c
  JOIN periods p ON p.period_type = c.period_type
  CROSS JOIN (VALUES (false), (true)) AS t (in_work)
  LEFT JOIN marts.series_breaks b ON b.list = c.breakdown AND b.period_type = p.period_type AND b.period = p.period
  WHERE c.breakdown IN ('_T', 'sex', 'age_band', 'sex_age_band', 'citizenship', 'education', 'duration', 'profile', 'path', 'programme')
)
SELECT r.in_work, r.geo_level, r.geo, r.period_type, r.period,
       r.sex, r.age_band, r.citizenship, r.education, r.duration, r.profile, r.path, r.programme, r.broken,
       CAST(coalesce(c.cohort, 0) AS DOUBLE) AS cohort,
       CAST(coalesce(c.employed_30, 0) AS DOUBLE) AS employed_30, CAST(coalesce(c.employed_90, 0) AS DOUBLE) AS employed_90,
       CAST(coalesce(c.employed_180, 0) AS DOUBLE) AS employed_180, CAST(coalesce(c.employed_365, 0) AS DOUBLE) AS employed_365,
       CAST(coalesce(c.employed_730, 0) AS DOUBLE) AS employed_730,
       CAST(coalesce(c.ever_90, 0) AS DOUBLE) AS ever_90, CAST(coalesce(c.ever_180, 0) AS DOUBLE) AS ever_180,
       CAST(coalesce(c.ever_365, 0) AS DOUBLE) AS ever_365,
       CAST(coalesce(c.stable, 0) AS DOUBLE) AS stable, CAST(coalesce(c.placed, 0) AS DOUBLE) AS placed,
       CAST(coalesce(c.worked, 0) AS DOUBLE) AS worked, CAST(coalesce(c.worked_days, 0) AS DOUBLE) AS worked_days,
       CAST(coalesce(c.worked_days_squared, 0) AS DOUBLE) AS worked_days_squared,
       CAST(coalesce(c.precarious, 0) AS DOUBLE) AS precarious,
       CAST(coalesce(c.upgrade_180, 0) AS DOUBLE) AS upgrade_180, CAST(coalesce(c.upgrade_365, 0) AS DOUBLE) AS upgrade_365
FROM requested r
LEFT JOIN counted c
  ON c.in_work = r.in_work AND c.geo = r.geo AND c.period_type = r.period_type AND c.in_period = r.period
 AND c.sex = r.sex AND c.age_band = r.age_band AND c.citizenship = r.citizenship
 AND c.education = r.education AND c.duration = r.duration AND c.profile = r.profile
 AND c.path = r.path AND c.programme = r.programme
