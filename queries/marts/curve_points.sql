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
  -- of each day the first asked one that is not before it
  SELECT d.curve, d.day, min(p.place) AS place
  FROM (SELECT curve, unnest(generate_series(-1, max(days))) AS day FROM points GROUP BY curve) d
  JOIN places p ON p.curve = d.curve AND p.days >= d.day
  GROUP BY d.curve, d.day
), counted AS MATERIALIZED (
  -- what lies beyond the last asked day belongs to the cohort and has no place on the curve
  SELECT c.key, CAST(c.key % 10 AS INTEGER) AS curve, c.day, s.place, c.first_way, c.second_way, c.third_way, c.persons
  FROM marts.curve_counts c
  LEFT JOIN spans s ON s.curve = c.key % 10 AND s.day = c.day
), cohorts AS (
  SELECT key, curve, sum(persons) AS cohort FROM counted GROUP BY key, curve
), risks AS (
  -- at risk on a day: who had neither an event nor the end of observation before it
  SELECT c.key, c.day, c.place, c.first_way, c.second_way, c.third_way, c.persons,
         n.cohort - sum(c.persons) OVER upto + c.persons AS at_risk, sum(c.first_way) OVER upto AS first_happened
  FROM counted c
  JOIN cohorts n ON n.key = c.key
  WHERE c.place IS NOT NULL
  WINDOW upto AS (PARTITION BY c.key ORDER BY c.day ROWS UNBOUNDED PRECEDING)
), waiting AS (
  SELECT key, day, place, first_way, second_way, third_way, persons, at_risk, first_happened,
         coalesce(product(1 - (first_way + second_way + third_way) / at_risk) OVER (
           PARTITION BY key ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
         ), 1) AS free
  FROM risks
), incidences AS (
  SELECT key, day, place, first_way, second_way, third_way, persons, at_risk, first_happened, free,
         CASE WHEN at_risk > first_way + second_way + third_way
              THEN (first_way + second_way + third_way) / (at_risk * (at_risk - (first_way + second_way + third_way))) ELSE 0 END AS hazard_variance,
         sum(free * first_way / at_risk) OVER upto AS first_incidence,
         sum(free * second_way / at_risk) OVER upto AS second_incidence,
         sum(free * third_way / at_risk) OVER upto AS third_incidence
  FROM waiting
  WINDOW upto AS (PARTITION BY key ORDER BY day ROWS UNBOUNDED PRECEDING)
), shares AS (
  -- what each day adds to the variance of an incidence I at any later day, ordered
  -- by powers of I: I * I * v0 - 2 * I * v1 + v2 (see the method page)
  SELECT key, day, place, second_way, third_way, persons, at_risk, hazard_variance AS v0,
         first_incidence, first_happened,
         first_incidence * hazard_variance + free * first_way / (at_risk * at_risk) AS first_v1,
         first_incidence * first_incidence * hazard_variance
           + free * free * (at_risk - first_way) * first_way / (at_risk * at_risk * at_risk)
           + 2 * first_incidence * free * first_way / (at_risk * at_risk) AS first_v2,
         second_incidence,
         second_incidence * hazard_variance + free * second_way / (at_risk * at_risk) AS second_v1,
         second_incidence * second_incidence * hazard_variance
           + free * free * (at_risk - second_way) * second_way / (at_risk * at_risk * at_risk)
           + 2 * second_incidence * free * second_way / (at_risk * at_risk) AS second_v2,
         third_incidence,
         third_incidence * hazard_variance + free * third_way / (at_risk * at_risk) AS third_v1,
         third_incidence * third_incidence * hazard_variance
           + free * free * (at_risk - third_way) * third_way / (at_risk * at_risk * at_risk)
           + 2 * third_incidence * free * third_way / (at_risk * at_risk) AS third_v2
  FROM incidences
), summed AS MATERIALIZED (
  -- along the curve in the order of its days, so that the same data give the same bits
  SELECT key, day, place, lead(place) OVER (PARTITION BY key ORDER BY day) AS next_place, persons, at_risk, sum(v0) OVER upto AS v0,
         first_incidence, first_happened, sum(first_v1) OVER upto AS first_v1, sum(first_v2) OVER upto AS first_v2,
         second_incidence, sum(second_way) OVER upto AS second_happened,
         sum(second_v1) OVER upto AS second_v1, sum(second_v2) OVER upto AS second_v2,
         third_incidence, sum(third_way) OVER upto AS third_happened,
         sum(third_v1) OVER upto AS third_v1, sum(third_v2) OVER upto AS third_v2
  FROM shares
  WINDOW upto AS (PARTITION BY key ORDER BY day ROWS UNBOUNDED PRECEDING)
), lasting AS (
  SELECT max(last_place) AS last_place FROM places
), drawn AS (
  -- the last day up to each asked one: between its days a curve is flat
  SELECT s.key, s.day, s.persons, s.at_risk, s.v0,
         s.first_incidence, s.first_happened, s.first_v1, s.first_v2,
         s.second_incidence, s.second_happened, s.second_v1, s.second_v2,
         s.third_incidence, s.third_happened, s.third_v1, s.third_v2,
         unnest(range(s.place, coalesce(s.next_place, l.last_place + 1))) AS asked_place
  FROM summed s
  CROSS JOIN lasting l
  WHERE s.place IS DISTINCT FROM s.next_place
), found AS (
  SELECT n.key, p.measure, n.cohort,
         coalesce(d.at_risk - CASE WHEN d.day < p.days THEN d.persons ELSE 0 END, n.cohort) AS at_risk,
         coalesce(CASE p.way WHEN 1 THEN d.first_happened WHEN 2 THEN d.second_happened ELSE d.third_happened END, 0) AS happened,
         CASE p.way WHEN 1 THEN d.first_incidence WHEN 2 THEN d.second_incidence ELSE d.third_incidence END AS incidence,
         d.v0,
         CASE p.way WHEN 1 THEN d.first_v1 WHEN 2 THEN d.second_v1 ELSE d.third_v1 END AS v1,
         CASE p.way WHEN 1 THEN d.first_v2 WHEN 2 THEN d.second_v2 ELSE d.third_v2 END AS v2
  FROM cohorts n
  JOIN points p ON p.curve = n.curve
  JOIN places l ON l.curve = p.curve AND l.days = p.days
  LEFT JOIN drawn d ON d.key = n.key AND d.asked_place = l.place
), halves AS MATERIALIZED (
  -- the first day by which half have left the first way; sums of fractions may miss a half by their last bit
  SELECT key,
         min(day) FILTER (WHERE first_incidence >= 0.5 - 1e-12) AS median,
         arg_min(at_risk, day) FILTER (WHERE first_incidence >= 0.5 - 1e-12) AS at_risk,
         coalesce(arg_min(first_happened, day) FILTER (WHERE first_incidence >= 0.5 - 1e-12), max(first_happened)) AS happened
  FROM summed
  GROUP BY key
), tellable AS MATERIALIZED (
  SELECT h.key
  FROM halves h
  JOIN fewest f ON h.at_risk >= f.persons
), told AS (
  -- the asked points, and every day of the curves whose median will be told, for its limits
  SELECT key, measure, NULL AS day, cohort, at_risk, happened, incidence, v0, v1, v2 FROM found
  UNION ALL
  SELECT s.key, NULL, s.day, NULL, NULL, NULL, s.first_incidence, s.v0, s.first_v1, s.first_v2
  FROM summed s
  SEMI JOIN tellable t ON t.key = s.key
), erring AS (
  SELECT key, measure, day, cohort, at_risk, happened, incidence,
         sqrt(greatest(incidence * incidence * v0 - 2 * incidence * v1 + v2, 0)) AS error
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
)
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
