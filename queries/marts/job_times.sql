-- title.it: Giorni al primo lavoro
-- title.en: Days to the first job
-- description.it: Per cella e giorno dopo la firma del patto: quante persone della coorte hanno cominciato il primo lavoro, quante sono morte o andate in pensione e quante non sono più osservate da lì in poi.
-- description.en: By cell and day after signing the agreement: how many persons of the cohort began their first job, how many died or retired, and how many are not observed from there on.
-- grain: geo, period_type, period, sex, age_band, path, day
-- materialize: table
-- column.day.it: -1: mai osservati; un giorno dopo l'ultimo della curva: ancora senza lavoro
-- column.day.en: -1: never observed; one day after the last of the curve: still without a job

WITH curve AS (
  SELECT max(days) AS last_day FROM reference.horizons WHERE indicator = 'out_time_to_job'
), followed AS (
  -- of what happens on one day a job comes first, then death and retirement, then the end of observation
  SELECT o.period, o.period_year, o.district, o.sex, o.age_band, o.path,
         o.job_after_days, least(o.job_after_days, o.gone_after_days) AS event_days,
         least(coalesce(c.settled_to - o.signed_on, -1), o.moved_after_days) AS until_days
  FROM marts.outcomes o
  JOIN marts.completeness c ON c.contract = 'placements'
  WHERE NOT o.in_work
), told AS (
  SELECT f.period, f.period_year, f.district, f.sex, f.age_band, f.path,
         CASE WHEN f.until_days < 0 THEN -1 ELSE least(f.event_days, f.until_days, v.last_day + 1) END AS day,
         coalesce(f.event_days <= least(f.until_days, v.last_day), false) AS happened,
         coalesce(f.job_after_days = f.event_days, false) AS is_job
  FROM followed f
  CROSS JOIN curve v
), leaves AS (
  SELECT district, period, period_year, day,
         CASE WHEN grouping(sex) = 0 THEN sex ELSE '_T' END AS sex,
         CASE WHEN grouping(age_band) = 0 THEN age_band ELSE '_T' END AS age_band,
         CASE WHEN grouping(path) = 0 THEN path ELSE '_T' END AS path,
         count(*) FILTER (WHERE happened AND is_job) AS jobs, count(*) FILTER (WHERE happened AND NOT is_job) AS gone,
         count(*) AS persons
  FROM told
  GROUP BY GROUPING SETS (
    (district, period, period_year, day), (district, period, period_year, day, sex),
    (district, period, period_year, day, age_band), (district, period, period_year, day, path)
  )
), dated AS (
  SELECT district, 'quarter' AS period_type, period, sex, age_band, path, day, jobs, gone, persons FROM leaves
  UNION ALL
  SELECT district, 'year', period_year, sex, age_band, path, day, sum(jobs), sum(gone), sum(persons)
  FROM leaves
  GROUP BY district, period_year, sex, age_band, path, day
)
SELECT g.geo, d.period_type, d.period, d.sex, d.age_band, d.path, d.day,
       CAST(sum(d.jobs) AS BIGINT) AS jobs, CAST(sum(d.gone) AS BIGINT) AS gone, CAST(sum(d.persons) AS BIGINT) AS persons
FROM dated d
JOIN marts.geo_paths g ON g.leaf = d.district
WHERE d.period_type = 'year' OR NOT g.finest OR (d.sex = '_T' AND d.age_band = '_T' AND d.path = '_T')
GROUP BY g.geo, d.period_type, d.period, d.sex, d.age_band, d.path, d.day
