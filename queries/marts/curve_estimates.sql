-- title.it: Curve richieste
-- title.en: Requested curves
-- description.it: I punti e la mediana di ogni curva, per cella richiesta e periodo, con ciò che se ne può dire: se il periodo non è stato seguito abbastanza, se a quel giorno restano troppo poche persone, se la metà non è ancora raggiunta.
-- description.en: The points and the median of each curve, by requested cell and period, with what can be said of them: whether the period has not been followed long enough, too few persons are left on that day, half is not reached yet.
-- grain: curve, cell, period_type, period, measure

WITH fewest AS (
  SELECT value AS persons FROM reference.parameters WHERE name = 'curve_min_at_risk'
), asked AS (
  SELECT s.curve, s.curve_no, s.period_type, s.period, s.period_no, s.span, s.has_gap, s.settled_days,
         h.measure, h.days, CAST(NULL AS INTEGER) AS last_day
  FROM marts.curve_states s
  JOIN reference.horizons h ON h.indicator = s.curve
  UNION ALL
  SELECT s.curve, s.curve_no, s.period_type, s.period, s.period_no, s.span, s.has_gap, s.settled_days,
         s.median, NULL, max(h.days)
  FROM marts.curve_states s
  JOIN reference.horizons h ON h.indicator = s.curve
  GROUP BY ALL
), known AS (
  -- of a point it is known beforehand whether its day has been reached
  SELECT curve, curve_no, period_type, period, period_no, settled_days, measure, days, last_day,
         CASE WHEN has_gap THEN 'source_gap'
              WHEN NOT coalesce(settled_days + span >= coalesce(days, 0), false) THEN 'not_observable' END AS reason
  FROM asked
), found AS (
  SELECT a.curve, c.cell, a.period_type, a.period, a.measure, a.days,
         coalesce(p.cohort, 0) AS cohort, coalesce(p.happened, 0) AS happened,
         CASE WHEN a.days IS NULL THEN p.value ELSE coalesce(p.value, 0) END AS value, p.low, p.high,
         CASE WHEN a.days IS NULL THEN p.at_risk ELSE coalesce(p.at_risk, 0) END AS at_risk,
         CASE WHEN a.reason IS NOT NULL THEN a.reason
              WHEN a.days IS NOT NULL OR p.value IS NOT NULL OR coalesce(p.cohort, 0) = 0 THEN NULL
              WHEN a.settled_days >= a.last_day THEN 'not_reached'
              ELSE 'not_observable' END AS reason,
         a.settled_days < coalesce(a.days, p.value) AS provisional
  FROM marts.cells c
  JOIN known a ON a.period_type = c.period_type
  LEFT JOIN marts.curve_points p ON p.key = (c.cell * 100000 + a.period_no) * 10 + a.curve_no AND p.measure = a.measure
  WHERE c.breakdown IN ('_T', 'sex', 'age_band')
     OR (a.curve = 'lep_wait' AND c.breakdown = 'sex_age_band') OR (a.curve = 'out_time_to_job' AND c.breakdown = 'path')
), judged AS (
  SELECT e.curve, e.cell, e.period_type, e.period, e.measure, e.cohort, e.happened, e.value, e.low, e.high, e.reason,
         CASE WHEN e.reason IS NOT NULL THEN 'O'
              WHEN e.cohort = 0 THEN 'M'
              WHEN e.at_risk < f.persons THEN 'U'
              WHEN e.provisional THEN 'P' END AS status
  FROM found e
  CROSS JOIN fewest f
)
SELECT curve, cell, period_type, period, measure,
       CASE WHEN reason IS NULL OR reason = 'not_reached' THEN happened END AS numerator,
       CASE WHEN reason IS NULL OR reason = 'not_reached' THEN cohort END AS denominator,
       CASE WHEN status IS NULL OR status = 'P' THEN value END AS value,
       CASE WHEN status IS NULL OR status = 'P' THEN low END AS low,
       CASE WHEN status IS NULL OR status = 'P' THEN high END AS high,
       status AS obs_status, reason
FROM judged
