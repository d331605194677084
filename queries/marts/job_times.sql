-- title.it: Giorni al primo lavoro
-- title.en: Days to the first job
-- description.it: Per territorio, trimestre, gruppo e giorno dopo la firma del patto, in numeri: quante persone della coorte hanno cominciato il primo lavoro, quante sono morte o andate in pensione e quante non sono più osservate da lì in poi.
-- description.en: By territory, quarter, group and day after signing the agreement, in numbers: how many persons of the cohort began their first job, how many died or retired, and how many are not observed from there on.
-- grain: district_no, quarter_no, counted_by, code_no, day
-- column.counted_by.it: la lista per cui si conta: ogni persona sta una volta in ciascuna
-- column.counted_by.en: the list that is counted by: each person stands once in each
-- column.day.it: -1: mai osservati; un giorno dopo l'ultimo della curva: ancora senza lavoro
-- column.day.en: -1: never observed; one day after the last of the curve: still without a job

WITH curve AS (
  SELECT max(days) AS last_day FROM reference.horizons WHERE indicator = 'out_time_to_job'
), followed AS (
  -- of what happens on one day a job comes first, then death and retirement, then the end of observation
  SELECT o.quarter_no, o.district_no, o.traits // 1000000000000000 AS sex_no, o.traits // 1000000000000 % 1000 AS age_band_no, o.path_no,
         o.job_after_days, least(o.job_after_days, o.gone_after_days) AS event_days,
         least(coalesce(c.settled_to - o.signed_on, -1), o.moved_after_days) AS until_days
  FROM marts.followed o
  JOIN marts.completeness c ON c.contract = 'placements'
  WHERE NOT o.in_work AND o.district_no IS NOT NULL
), told AS (
  SELECT f.district_no, f.quarter_no, f.sex_no, f.age_band_no, f.path_no,
         CASE WHEN f.until_days < 0 THEN -1 ELSE least(f.event_days, f.until_days, v.last_day + 1) END AS day,
         coalesce(f.event_days <= least(f.until_days, v.last_day), false) AS happened,
         coalesce(f.job_after_days = f.event_days, false) AS is_job
  FROM followed f
  CROSS JOIN curve v
)
SELECT district_no, quarter_no,
       CASE WHEN sex_no IS NOT NULL THEN 'sex' WHEN age_band_no IS NOT NULL THEN 'age_band' ELSE 'path' END AS counted_by,
       coalesce(sex_no, age_band_no, path_no) AS code_no, CAST(day AS INTEGER) AS day,
       count(*) FILTER (WHERE happened AND is_job) AS jobs, count(*) FILTER (WHERE happened AND NOT is_job) AS gone,
       count(*) AS persons
FROM told
GROUP BY GROUPING SETS ((district_no, quarter_no, day, sex_no), (district_no, quarter_no, day, age_band_no), (district_no, quarter_no, day, path_no))
