-- title.it: Conteggi delle curve, per giorno
-- title.en: Counts of the curves, by day
-- description.it: Per cella richiesta e giorno dall'inizio, quante persone di una curva ne escono e come. Attesa del patto: 1 patto, 2 lavoro, 3 iscrizione chiusa. Tempo fino al lavoro: 1 lavoro, 2 morte o pensione.
-- description.en: By requested cell and day from the start, how many persons leave a curve and how. Waiting for the agreement: 1 agreement, 2 job, 3 registration closed. Time to a job: 1 job, 2 death or retirement.
-- grain: key, day
-- column.key.it: numeri di cella, periodo e curva in uno; l'ultima cifra è la curva
-- column.key.en: numbers of cell, period and curve in one; the last digit is the curve
-- column.day.it: -1 per chi non è mai stato seguito
-- column.day.en: -1 for those who were never followed
-- column.persons.it: chi quel giorno esce, in qualsiasi modo, o non è più seguito
-- column.persons.en: those who on that day leave, in whatever way, or are no longer followed

-- Persons are counted by district and day first, by each list alone; the curve of
-- a territory is then drawn from its days, never from its persons.
WITH reach AS (
  SELECT max(days) AS last_day FROM reference.horizons WHERE indicator = 'lep_wait'
), settled AS (
  SELECT CASE WHEN count(settled_to) = count(*) THEN min(settled_to) END AS settled_to
  FROM marts.completeness
  WHERE contract IN ('registrations', 'agreements')
), waits AS (
  SELECT t.district_no, t.quarter_no, t.opens_year, t.traits // 1000000000000 AS sex_age_no,
         coalesce(s.settled_to - t.registered_on, -1) AS followed_days,
         t.agreed_after_days, t.employed_after_days,
         least(t.agreed_after_days, t.employed_after_days, t.closed_after_days) AS event_days
  FROM marts.waits t
  CROSS JOIN settled s
  WHERE t.district_no IS NOT NULL
), told AS (
  -- who registered after the last settled day was never followed: day -1; what
  -- lies beyond the last day of the curve is still waiting there. District, quarter,
  -- year and day are one number, to group by
  SELECT ((CAST(w.district_no AS BIGINT) * 100000 + w.quarter_no) * 2 + CAST(w.opens_year AS INTEGER)) * 10000 + 1
           + CASE WHEN w.followed_days < 0 THEN -1 ELSE least(w.event_days, w.followed_days, r.last_day + 1) END AS leaf,
         w.sex_age_no // 1000 AS sex_no, w.sex_age_no % 1000 AS age_band_no, w.sex_age_no,
         CASE WHEN w.event_days <= least(w.followed_days, r.last_day) THEN
           CASE WHEN w.agreed_after_days = w.event_days THEN 1
                WHEN w.employed_after_days = w.event_days THEN 2
                ELSE 3 END
         END AS way
  FROM waits w
  CROSS JOIN reach r
), leaves AS (
  SELECT leaf // 2000000000 AS district_no, CAST(leaf // 20000 % 100000 AS INTEGER) AS quarter_no, leaf // 10000 % 2 = 1 AS opens_year, leaf % 10000 - 1 AS day,
         CASE WHEN sex_no IS NOT NULL THEN 'sex' WHEN age_band_no IS NOT NULL THEN 'age_band' ELSE 'sex_age_band' END AS counted_by,
         coalesce(sex_no, age_band_no, sex_age_no) AS code_no,
         count(*) FILTER (WHERE way = 1) AS first_way, count(*) FILTER (WHERE way = 2) AS second_way,
         count(*) FILTER (WHERE way = 3) AS third_way, count(*) AS persons
  FROM told
  GROUP BY GROUPING SETS ((leaf, sex_no), (leaf, age_band_no), (leaf, sex_age_no))
), dated AS (
  -- the registration that opens the year is also the first of its quarter; a
  -- person opens one cohort a year at most, so its quarters add up
  SELECT 1 AS curve_no, 'quarter' AS period_type, quarter_no AS period_no, district_no, counted_by, code_no,
         day, first_way, second_way, third_way, persons
  FROM leaves
  UNION ALL
  SELECT 1, 'year', quarter_no // 4, district_no, counted_by, code_no, day, first_way, second_way, third_way, persons
  FROM leaves
  WHERE opens_year
  UNION ALL
  SELECT 2, p.period_type, CASE p.period_type WHEN 'quarter' THEN t.quarter_no ELSE t.quarter_no // 4 END, t.district_no, t.counted_by, t.code_no,
         t.day, t.jobs, t.gone, 0, t.persons
  FROM marts.job_times t
  CROSS JOIN (VALUES ('quarter'), ('year')) AS p (period_type)
), drawable AS (
  -- a period with a gap, or of which not one day is settled, has no curve to draw
  SELECT curve_no, period_type, period_no
  FROM marts.curve_states
  WHERE NOT has_gap AND settled_days + span >= 0
), paths AS (
  -- each cell from its own list, totals from that of sexes
  SELECT p.leaf_no, p.period_type, p.counted_by, p.code_no, p.cell
  FROM marts.cell_paths p
  JOIN marts.curve_cells c ON c.cell = p.cell
  WHERE c.cell = c.drawn AND (c.breakdown = p.counted_by OR p.is_total AND p.counted_by = 'sex')
), summed AS (
  -- cell, period, curve and day in one number, to group by
  SELECT ((p.cell * 100000 + l.period_no) * 10 + s.curve_no) * 10000 + l.day + 1 AS place,
         sum(CAST(l.first_way AS DOUBLE)) AS first_way, sum(CAST(l.second_way AS DOUBLE)) AS second_way,
         sum(CAST(l.third_way AS DOUBLE)) AS third_way, sum(CAST(l.persons AS DOUBLE)) AS persons
  FROM dated l
  JOIN drawable s ON s.curve_no = l.curve_no AND s.period_type = l.period_type AND s.period_no = l.period_no
  JOIN paths p ON p.leaf_no = l.district_no AND p.period_type = l.period_type AND p.code_no = l.code_no AND p.counted_by = l.counted_by
  GROUP BY place
)
SELECT place // 10000 AS key, CAST(place % 10000 - 1 AS INTEGER) AS day, first_way, second_way, third_way, persons
FROM summed
