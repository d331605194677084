-- title.it: Attività dopo l'iscrizione
-- title.en: Activities after registration
-- description.it: Per prima iscrizione del trimestre, le attività della stessa persona da quel giorno in poi: quali LEP dovuti a ogni iscrizione sono cominciati entro la loro finestra, e il primo giorno dei passi che le seguono.
-- description.en: Per first registration of a quarter, the activities of the same person from that day on: which LEP due to each registration began within their window, and the first day of the steps that follow it.
-- grain: registration
-- materialize: table
-- column.reached.it: un bit per LEP, al posto del suo numero
-- column.reached.en: a bit a LEP, at the place of its number

-- Activities are many, so they meet the registrations of their person once, for
-- the coverage and for the steps alike. What is further away than the longest of
-- all windows matters to neither.
WITH asked AS (
  SELECT CAST(n.number AS SMALLINT) AS lep_no, CAST(1 AS BIGINT) << n.number AS bit,
         CASE WHEN l.entitlement_rule = 'every' AND l.measured_by <> 'profiling' THEN l.window_days END AS window_days,
         l.slug = 'accoglienza' AS receives, l.slug = 'orientamento_base' AS orients
  FROM reference.lep l
  JOIN marts.code_numbers n ON n.list = 'lep' AND n.code = l.slug
  WHERE l.beneficiary = 'person' AND l.entitlement_rule = 'every' AND l.measured_by <> 'profiling' AND l.window_days IS NOT NULL
     OR l.slug IN ('accoglienza', 'orientamento_base')
), deeds AS (
  SELECT person, lep_no, started_on, measure_no IS NOT NULL AS measured FROM marts.deeds WHERE person IS NOT NULL
), reach AS (
  SELECT CAST(greatest(max(value), (SELECT max(window_days) FROM asked)) AS INTEGER) AS days FROM reference.parameters WHERE name = 'funnel_days'
)
SELECT f.registration, coalesce(bit_or(CASE WHEN a.started_on <= f.registered_on + u.window_days THEN u.bit END), 0) AS reached,
       min(CASE WHEN u.receives THEN a.started_on END) AS received_on, min(CASE WHEN u.orients THEN a.started_on END) AS oriented_on,
       min(CASE WHEN a.measured THEN a.started_on END) AS measured_on
FROM deeds a
CROSS JOIN reach h
LEFT JOIN asked u ON u.lep_no = a.lep_no
JOIN marts.firsts f ON f.person = a.person AND a.started_on >= f.registered_on AND a.started_on <= f.registered_on + h.days
WHERE u.lep_no IS NOT NULL OR a.measured
GROUP BY f.registration
