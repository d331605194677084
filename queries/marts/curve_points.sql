-- title.it: Punti delle curve
-- title.en: Points of the curves
-- description.it: L'incidenza cumulata di ogni modo di uscire da una curva, ai giorni chiesti, e il giorno in cui la metà ne è uscita nel primo modo, con gli intervalli (Aalen-Johansen, varianza di Gaynor, limiti log(-log)). Dove nessuno è in coorte non c'è riga.
-- description.en: The cumulative incidence of each way to leave a curve, at the days asked for, and the day by which half have left it the first way, with intervals (Aalen-Johansen, variance of Gaynor, log(-log) limits). There is no row where the cohort is empty.
-- grain: key, measure
-- materialize: table
-- column.value.it: percento della coorte; della mediana il giorno
-- column.value.en: percent of the cohort; of the median the day
-- column.at_risk.it: persone ancora a rischio a quel giorno
-- column.at_risk.en: persons still at risk on that day

-- Both curves are drawn here, so that there is one formula. What has three ways
-- out and what has two differ by a way that nobody takes.
WITH points AS (
  SELECT w.curve_no AS curve, h.measure, h.days, w.way
  FROM reference.horizons h
  JOIN (VALUES ('lep_wait', 1, 'agreement', 1), ('lep_wait', 1, 'employed', 2), ('lep_wait', 1, 'closed', 3),
               ('out_time_to_job', 2, 'job', 1), ('out_time_to_job', 2, 'left', 2)) AS w (curve, curve_no, event, way)
    ON w.curve = h.indicator AND w.event = regexp_extract(h.measure, '^[a-z]+')
), fewest AS (
  SELECT value AS persons FROM reference.parameters WHERE name = 'curve_min_at_risk'
), places AS (
  SELECT curve, days, row_number() OVER (PARTITION BY curve ORDER BY days) AS place, count(*) OVER (PARTITION BY curve) AS last_place
  FROM (SELECT DISTINCT curve, days FROM points) p
), spans AS (
  -- of each day the first asked one that is not before it, and whether it is that day
  SELECT d.curve, d.day, min(p.place) AS place, min(p.days) = d.day AS asked, min(p.days) = d.day AND min(p.place) = any_value(p.last_place) AS last
  FROM (SELECT curve, unnest(generate_series(-1, max(days))) AS day FROM points GROUP BY curve) d
  JOIN places p ON p.curve = d.curve AND p.days >= d.day
  GROUP BY d.curve, d.day
), counted AS MATERIALIZED (
  -- what lies beyond the last asked day belongs to the cohort and has no place on the curve
  SELECT c.key, CAST(c.key % 10 AS INTEGER) AS curve, c.day, s.place, s.asked, s.last, c.first_way, c.second_way, c.third_way, c.persons
  FROM marts.curve_counts c
  LEFT JOIN spans s ON s.curve = c.key % 10 AND s.day = c.day
), cohorts AS MATERIALIZED (
  -- lossy: somebody is lost from sight before the last asked day
  SELECT key, curve, sum(persons) AS cohort, coalesce(bool_or(NOT last AND persons > first_way + second_way + third_way), false) AS lossy
  FROM counted
  GROUP BY key, curve
), placed AS (
  SELECT key, place, sum(first_way) AS first_way, sum(second_way) AS second_way, sum(third_way) AS third_way,
         sum(persons) AS persons, sum(persons) FILTER (WHERE asked) AS that_day
  FROM counted
  WHERE place IS NOT NULL
  GROUP BY key, place
), reached AS (
  -- at each asked day: how many have left, and who had neither an event nor the end of observation before it
  SELECT n.key, n.curve, n.cohort, n.lossy, l.place, l.days,
         coalesce(sum(p.first_way) OVER upto, 0) AS first_happened, coalesce(sum(p.second_way) OVER upto, 0) AS second_happened,
         coalesce(sum(p.third_way) OVER upto, 0) AS third_happened,
         n.cohort - coalesce(sum(p.persons) OVER upto, 0) + coalesce(p.that_day, 0) AS at_risk
  FROM cohorts n
  JOIN places l ON l.curve = n.curve
  LEFT JOIN placed p ON p.key = n.key AND p.place = l.place
  WINDOW upto AS (PARTITION BY n.key ORDER BY l.place ROWS UNBOUNDED PRECEDING)
), risks AS MATERIALIZED (
  SELECT c.key, c.day, c.place, c.first_way, c.second_way, c.third_way, n.cohort, n.lossy,
         -- one sum a row, for sums along a window are dear: of a curve that loses nobody those who left the first way
         sum(CASE WHEN n.lossy THEN c.persons ELSE c.first_way END) OVER upto AS so_far, c.persons
  FROM counted c
  JOIN cohorts n ON n.key = c.key
  WHERE c.place IS NOT NULL
  WINDOW upto AS (PARTITION BY c.key ORDER BY c.day ROWS UNBOUNDED PRECEDING)
), waiting AS (
  -- of those at risk the share that nothing has happened to before that day. Sums of
  -- fractions are those of whole numbers, so that no order of adding moves their bits.
  -- No summand is as great as 92 here and as 9 below, where whole numbers end
  SELECT key, day, place, first_way, second_way, third_way, at_risk,
         coalesce(exp(CAST(sum(CAST(
           CASE WHEN at_risk > first_way + second_way + third_way
                THEN ln(1 - (first_way + second_way + third_way) / at_risk) END * 1e17 AS BIGINT)) OVER (
           PARTITION BY key ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
         ) AS DOUBLE) / 1e17), 1) AS free
  FROM (SELECT key, day, place, first_way, second_way, third_way, cohort - so_far + persons AS at_risk FROM risks WHERE lossy) r
), incidences AS (
  SELECT key, day, place, first_way, second_way, third_way, at_risk, free,
         CASE WHEN at_risk > first_way + second_way + third_way
              THEN (first_way + second_way + third_way) / (at_risk * (at_risk - (first_way + second_way + third_way))) ELSE 0 END AS hazard_variance,
         CAST(sum(CAST(free * first_way / at_risk * 1e18 AS BIGINT)) OVER upto AS DOUBLE) / 1e18 AS first_incidence,
         CAST(sum(CAST(free * second_way / at_risk * 1e18 AS BIGINT)) OVER upto AS DOUBLE) / 1e18 AS second_incidence,
         CAST(sum(CAST(free * third_way / at_risk * 1e18 AS BIGINT)) OVER upto AS DOUBLE) / 1e18 AS third_incidence
  FROM waiting
  WINDOW upto AS (PARTITION BY key ORDER BY day ROWS UNBOUNDED PRECEDING)
), shares AS MATERIALIZED (
  -- what each day adds to the variance of an incidence I at any later day, ordered
  -- by powers of I: I * I * v0 - 2 * I * v1 + v2 (see the method page)
  SELECT key, day, place, first_incidence, second_incidence, third_incidence,
         CAST(1e18 * hazard_variance AS BIGINT) AS v0,
         CAST(1e18 * (first_incidence * hazard_variance + free * first_way / (at_risk * at_risk)) AS BIGINT) AS first_v1,
         CAST(1e18 * (first_incidence * first_incidence * hazard_variance
           + free * free * (at_risk - first_way) * first_way / (at_risk * at_risk * at_risk)
           + 2 * first_incidence * free * first_way / (at_risk * at_risk)) AS BIGINT) AS first_v2,
         CAST(1e18 * (second_incidence * hazard_variance + free * second_way / (at_risk * at_risk)) AS BIGINT) AS second_v1,
         CAST(1e18 * (second_incidence * second_incidence * hazard_variance
           + free * free * (at_risk - second_way) * second_way / (at_risk * at_risk * at_risk)
           + 2 * second_incidence * free * second_way / (at_risk * at_risk)) AS BIGINT) AS second_v2,
         CAST(1e18 * (third_incidence * hazard_variance + free * third_way / (at_risk * at_risk)) AS BIGINT) AS third_v1,
         CAST(1e18 * (third_incidence * third_incidence * hazard_variance
           + free * free * (at_risk - third_way) * third_way / (at_risk * at_risk * at_risk)
           + 2 * third_incidence * free * third_way / (at_risk * at_risk)) AS BIGINT) AS third_v2
  FROM incidences
), steps AS (
  -- added up between one asked day and the next; an incidence never falls
  SELECT key, place, sum(v0) AS v0,
         max(first_incidence) AS first_incidence, sum(first_v1) AS first_v1, sum(first_v2) AS first_v2,
         max(second_incidence) AS second_incidence, sum(second_v1) AS second_v1, sum(second_v2) AS second_v2,
         max(third_incidence) AS third_incidence, sum(third_v1) AS third_v1, sum(third_v2) AS third_v2
  FROM shares
  GROUP BY key, place
), cumulated AS (
  SELECT n.key, l.place, CAST(sum(s.v0) OVER upto AS DOUBLE) / 1e18 AS v0,
         max(s.first_incidence) OVER upto AS first_incidence,
         CAST(sum(s.first_v1) OVER upto AS DOUBLE) / 1e18 AS first_v1, CAST(sum(s.first_v2) OVER upto AS DOUBLE) / 1e18 AS first_v2,
         max(s.second_incidence) OVER upto AS second_incidence,
         CAST(sum(s.second_v1) OVER upto AS DOUBLE) / 1e18 AS second_v1, CAST(sum(s.second_v2) OVER upto AS DOUBLE) / 1e18 AS second_v2,
         max(s.third_incidence) OVER upto AS third_incidence,
         CAST(sum(s.third_v1) OVER upto AS DOUBLE) / 1e18 AS third_v1, CAST(sum(s.third_v2) OVER upto AS DOUBLE) / 1e18 AS third_v2
  FROM cohorts n
  JOIN places l ON l.curve = n.curve
  LEFT JOIN steps s ON s.key = n.key AND s.place = l.place
  WHERE n.lossy
  WINDOW upto AS (PARTITION BY n.key ORDER BY l.place ROWS UNBOUNDED PRECEDING)
), found AS (
  SELECT r.key, p.measure, r.cohort, r.at_risk, r.lossy,
         CASE p.way WHEN 1 THEN r.first_happened WHEN 2 THEN r.second_happened ELSE r.third_happened END AS happened,
         CASE p.way WHEN 1 THEN d.first_incidence WHEN 2 THEN d.second_incidence ELSE d.third_incidence END AS incidence,
         d.v0,
         CASE p.way WHEN 1 THEN d.first_v1 WHEN 2 THEN d.second_v1 ELSE d.third_v1 END AS v1,
         CASE p.way WHEN 1 THEN d.first_v2 WHEN 2 THEN d.second_v2 ELSE d.third_v2 END AS v2
  FROM reached r
  JOIN points p ON p.curve = r.curve AND p.days = r.days
  LEFT JOIN cumulated d ON d.key = r.key AND d.place = r.place
), days AS MATERIALIZED (
  -- the first way on each day of the curve. Where nobody is lost from sight the
  -- incidence is the share of the cohort, and its variance that of a share
  SELECT key, day, so_far / cohort AS incidence
  FROM risks
  WHERE NOT lossy
  UNION ALL
  SELECT key, day, first_incidence
  FROM shares
), crossed AS (
  -- the first day by which half have left the first way; sums of fractions may miss a half by their last bit
  SELECT key, min(day) FILTER (WHERE incidence >= 0.5 - 1e-12) AS median
  FROM days
  GROUP BY key
), halves AS MATERIALIZED (
  SELECT key, any_value(median) AS median, CASE WHEN any_value(median) IS NOT NULL THEN any_value(cohort) - sum(CASE WHEN day < median THEN persons ELSE 0 END) END AS at_risk,
         sum(CASE WHEN median IS NULL OR day <= median THEN first_way ELSE 0 END) AS happened
  FROM (SELECT r.key, r.day, r.cohort, r.persons, r.first_way, m.median FROM risks r JOIN crossed m ON m.key = r.key) r
  GROUP BY key
), tellable AS MATERIALIZED (
  SELECT h.key, n.lossy, n.cohort
  FROM halves h
  JOIN cohorts n ON n.key = h.key
  JOIN fewest f ON h.at_risk >= f.persons
), varying AS (
  SELECT s.key, s.day, s.first_incidence AS incidence, CAST(sum(s.v0) OVER upto AS DOUBLE) / 1e18 AS v0,
         CAST(sum(s.first_v1) OVER upto AS DOUBLE) / 1e18 AS v1, CAST(sum(s.first_v2) OVER upto AS DOUBLE) / 1e18 AS v2
  FROM shares s
  SEMI JOIN tellable t ON t.key = s.key
  WINDOW upto AS (PARTITION BY s.key ORDER BY s.day ROWS UNBOUNDED PRECEDING)
), told AS (
  -- the asked points, and every day of the curves whose median will be told, for its limits
  SELECT key, measure, NULL AS day, cohort, at_risk, happened,
         CASE WHEN lossy THEN incidence ELSE happened / cohort END AS incidence,
         CASE WHEN lossy THEN incidence * incidence * v0 - 2 * incidence * v1 + v2
              ELSE happened / cohort * (1 - happened / cohort) / cohort END AS variance
  FROM found
  UNION ALL
  SELECT d.key, NULL, d.day, NULL, NULL, NULL, d.incidence, d.incidence * (1 - d.incidence) / t.cohort
  FROM days d
  JOIN tellable t ON t.key = d.key
  WHERE NOT t.lossy
  UNION ALL
  SELECT key, NULL, day, NULL, NULL, NULL, incidence, incidence * incidence * v0 - 2 * incidence * v1 + v2
  FROM varying
), erring AS (
  SELECT key, measure, day, cohort, at_risk, happened, incidence, sqrt(greatest(variance, 0)) AS error
  FROM told
), limited AS MATERIALIZED (
  -- log(-log) limits stay within 0 and 1; at 0 and at 1, but for the last bits of a sum, there are none
  SELECT key, measure, day, cohort, at_risk, happened, incidence,
         pow(incidence, exp(-spread)) AS low, pow(incidence, exp(spread)) AS high
  FROM (SELECT key, measure, day, cohort, at_risk, happened, incidence,
               CASE WHEN error > 0 AND incidence > 0 AND incidence < 1 - 1e-12
                    THEN 1.959963984540054 * error / (incidence * ln(incidence)) END AS spread
        FROM erring) e
), medians AS (
  SELECT key, min(day) FILTER (WHERE incidence >= 0.5 - 1e-12 OR high >= 0.5) AS low, min(day) FILTER (WHERE low >= 0.5) AS high
  FROM limited
  WHERE measure IS NULL
  GROUP BY key
), names AS (
  SELECT DISTINCT curve_no AS curve, median FROM marts.curve_states
), drawn_points AS (
  SELECT key, measure, CAST(cohort AS DOUBLE) AS cohort, CAST(happened AS DOUBLE) AS happened,
         100 * least(coalesce(incidence, 0), 1) AS value, 100 * low AS low, 100 * high AS high, at_risk
  FROM limited
  WHERE measure IS NOT NULL
  UNION ALL
  SELECT n.key, w.median, CAST(n.cohort AS DOUBLE), CAST(coalesce(h.happened, 0) AS DOUBLE),
         CAST(h.median AS DOUBLE), CAST(m.low AS DOUBLE), CAST(m.high AS DOUBLE), h.at_risk
  FROM cohorts n
  JOIN names w ON w.curve = n.curve
  LEFT JOIN halves h ON h.key = n.key
  LEFT JOIN medians m ON m.key = n.key
)
SELECT c.cell * 1000000 + p.key % 1000000 AS key, p.measure, p.cohort, p.happened, p.value, p.low, p.high, p.at_risk
FROM drawn_points p
JOIN marts.curve_cells c ON c.drawn = p.key // 1000000
