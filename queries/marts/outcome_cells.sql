-- title.it: Celle degli esiti occupazionali
-- title.en: Cells of the employment outcomes
-- description.it: Quante persone della coorte e con quale esito, per cella richiesta: chi alla firma del patto non lavorava e chi lavorava già. Non dice se l'esito è già osservabile: lo dice marts.outcome_states.
-- description.en: How many persons of the cohort, and with what outcome, by requested cell: those out of work when they signed and those already at work. It does not say whether the outcome can be observed yet: marts.outcome_states does.
-- grain: in_work, geo, period_type, period, sex, age_band, citizenship, education, duration, profile, path, programme
-- materialize: table
-- column.broken.it: la disaggregazione cambia significato in questo periodo
-- column.broken.en: the breakdown changes its meaning in this period

-- Counted by district and quarter first, and by numbers in the place of names:
-- few rows are left to sum over years and territories. A person opens one cohort
-- a year at most, so the quarters of a year have no person in common.
WITH followed AS (
  SELECT in_work, district_no, quarter_no, traits, path_no, programme_no,
         employed_30, employed_90, employed_180, employed_365, employed_730, ever_90, ever_180, ever_365, stable, placed, worked_days,
         precarious, open_ended_180, open_ended_365
  FROM marts.followed
  WHERE district_no IS NOT NULL
), coded AS (
  SELECT CAST(o.in_work AS INTEGER) AS in_work_no, o.district_no, o.quarter_no,
         o.traits // 1000000000000 AS sex_age_no, o.traits // 1000000000 % 1000 AS citizenship_no, o.traits // 1000000 % 1000 AS education_no,
         o.traits // 1000 % 1000 AS duration_no, o.traits % 1000 AS profile_no,
         o.path_no, o.programme_no,
         CAST(o.employed_30 AS INTEGER) AS employed_30, CAST(o.employed_90 AS INTEGER) AS employed_90,
         CAST(o.employed_180 AS INTEGER) AS employed_180, CAST(o.employed_365 AS INTEGER) AS employed_365,
         CAST(o.employed_730 AS INTEGER) AS employed_730,
         CAST(o.ever_90 AS INTEGER) AS ever_90, CAST(o.ever_180 AS INTEGER) AS ever_180, CAST(o.ever_365 AS INTEGER) AS ever_365,
         CAST(o.stable AS INTEGER) AS stable, CAST(o.placed AS INTEGER) AS placed,
         CAST(o.worked_days > 0 AS INTEGER) AS worked, o.worked_days, o.worked_days * o.worked_days AS worked_days_squared,
         CAST(o.precarious AS INTEGER) AS precarious,
         CAST(o.precarious AND o.open_ended_180 AS INTEGER) AS upgrade_180, CAST(o.precarious AND o.open_ended_365 AS INTEGER) AS upgrade_365
  FROM followed o
), leaves AS (
  SELECT in_work_no, district_no, quarter_no,
         CASE WHEN sex_age_no IS NOT NULL THEN 'sex_age_band' WHEN citizenship_no IS NOT NULL THEN 'citizenship'
              WHEN education_no IS NOT NULL THEN 'education' WHEN duration_no IS NOT NULL THEN 'duration'
              WHEN profile_no IS NOT NULL THEN 'profile' WHEN path_no IS NOT NULL THEN 'path' ELSE 'programme' END AS counted_by,
         coalesce(sex_age_no, citizenship_no, education_no, duration_no, profile_no, path_no, programme_no) AS code_no,
         count(*) AS cohort,
         CAST(sum(employed_30) AS BIGINT) AS employed_30,
         CAST(sum(employed_90) AS BIGINT) AS employed_90,
         CAST(sum(employed_180) AS BIGINT) AS employed_180,
         CAST(sum(employed_365) AS BIGINT) AS employed_365,
         CAST(sum(employed_730) AS BIGINT) AS employed_730,
         CAST(sum(ever_90) AS BIGINT) AS ever_90,
         CAST(sum(ever_180) AS BIGINT) AS ever_180,
         CAST(sum(ever_365) AS BIGINT) AS ever_365,
         CAST(sum(stable) AS BIGINT) AS stable,
         CAST(sum(placed) AS BIGINT) AS placed,
         CAST(sum(worked) AS BIGINT) AS worked,
         CAST(sum(worked_days) AS BIGINT) AS worked_days,
         CAST(sum(worked_days_squared) AS BIGINT) AS worked_days_squared,
         CAST(sum(precarious) AS BIGINT) AS precarious,
         CAST(sum(upgrade_180) AS BIGINT) AS upgrade_180,
         CAST(sum(upgrade_365) AS BIGINT) AS upgrade_365
  FROM coded
  GROUP BY GROUPING SETS (
    (in_work_no, district_no, quarter_no, sex_age_no), (in_work_no, district_no, quarter_no, citizenship_no),
    (in_work_no, district_no, quarter_no, education_no), (in_work_no, district_no, quarter_no, duration_no),
    (in_work_no, district_no, quarter_no, profile_no), (in_work_no, district_no, quarter_no, path_no),
    (in_work_no, district_no, quarter_no, programme_no)
  )
), counted AS (
  SELECT (p.cell * 100000 + CASE p.period_type WHEN 'quarter' THEN l.quarter_no ELSE l.quarter_no // 4 END) * 2 + l.in_work_no AS key,
         CAST(sum(l.cohort) AS BIGINT) AS cohort,
         CAST(sum(l.employed_30) AS BIGINT) AS employed_30,
         CAST(sum(l.employed_90) AS BIGINT) AS employed_90,
         CAST(sum(l.employed_180) AS BIGINT) AS employed_180,
         CAST(sum(l.employed_365) AS BIGINT) AS employed_365,
         CAST(sum(l.employed_730) AS BIGINT) AS employed_730,
         CAST(sum(l.ever_90) AS BIGINT) AS ever_90,
         CAST(sum(l.ever_180) AS BIGINT) AS ever_180,
         CAST(sum(l.ever_365) AS BIGINT) AS ever_365,
         CAST(sum(l.stable) AS BIGINT) AS stable,
         CAST(sum(l.placed) AS BIGINT) AS placed,
         CAST(sum(l.worked) AS BIGINT) AS worked,
         CAST(sum(l.worked_days) AS BIGINT) AS worked_days,
         CAST(sum(l.worked_days_squared) AS BIGINT) AS worked_days_squared,
         CAST(sum(l.precarious) AS BIGINT) AS precarious,
         CAST(sum(l.upgrade_180) AS BIGINT) AS upgrade_180,
         CAST(sum(l.upgrade_365) AS BIGINT) AS upgrade_365
  FROM leaves l
  JOIN marts.cell_paths p
    ON p.leaf_no = l.district_no AND p.counted_by = l.counted_by AND p.code_no = l.code_no AND p.period_type IN ('quarter', 'year')
  WHERE NOT p.is_total OR p.counted_by = 'sex_age_band'
  GROUP BY key
), periods AS (
  SELECT DISTINCT s.period_type, s.period, p.number AS period_no
  FROM marts.period_sources s
  JOIN marts.periods p ON p.period_type = s.period_type AND p.period = s.period
), requested AS (
  SELECT (c.cell * 100000 + p.period_no) * 2 + CAST(t.in_work AS INTEGER) AS key, t.in_work,
         c.geo_level, c.geo, c.period_type, p.period,
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
       CAST(coalesce(c.employed_30, 0) AS DOUBLE) AS employed_30,
       CAST(coalesce(c.employed_90, 0) AS DOUBLE) AS employed_90,
       CAST(coalesce(c.employed_180, 0) AS DOUBLE) AS employed_180,
       CAST(coalesce(c.employed_365, 0) AS DOUBLE) AS employed_365,
       CAST(coalesce(c.employed_730, 0) AS DOUBLE) AS employed_730,
       CAST(coalesce(c.ever_90, 0) AS DOUBLE) AS ever_90,
       CAST(coalesce(c.ever_180, 0) AS DOUBLE) AS ever_180,
       CAST(coalesce(c.ever_365, 0) AS DOUBLE) AS ever_365,
       CAST(coalesce(c.stable, 0) AS DOUBLE) AS stable,
       CAST(coalesce(c.placed, 0) AS DOUBLE) AS placed,
       CAST(coalesce(c.worked, 0) AS DOUBLE) AS worked,
       CAST(coalesce(c.worked_days, 0) AS DOUBLE) AS worked_days,
       CAST(coalesce(c.worked_days_squared, 0) AS DOUBLE) AS worked_days_squared,
       CAST(coalesce(c.precarious, 0) AS DOUBLE) AS precarious,
       CAST(coalesce(c.upgrade_180, 0) AS DOUBLE) AS upgrade_180,
       CAST(coalesce(c.upgrade_365, 0) AS DOUBLE) AS upgrade_365
FROM requested r
LEFT JOIN counted c ON c.key = r.key
