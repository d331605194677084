-- title.it: Operatori del piano ogni 1.000 iscrizioni
-- title.en: Operators of the plan per 1,000 registrations
-- description.it: Quanti posti di personale del piano di potenziamento erano coperti a fine anno per ogni mille iscrizioni ricevute nell'anno, per territorio.
-- description.en: How many staff posts of the strengthening plan were filled at the end of the year for each thousand registrations received in the year, by territory.
-- universe.it: Posti coperti della linea del personale a dicembre e iscrizioni dell'anno di persone domiciliate nel territorio. Si contano iscrizioni, non persone.
-- universe.en: Filled posts of the staff line in December and registrations of the year of persons domiciled in the territory. Registrations are counted, not persons.
-- numerator.it: Posti di personale coperti alla fine dell'anno, di tutti i programmi.
-- numerator.en: Staff posts filled at the end of the year, of all programmes.
-- denominator.it: Iscrizioni ricevute nell'anno. Chi si iscrive due volte conta due volte.
-- denominator.en: Registrations received in the year. Who registers twice counts twice.
-- source.it: Elaborazioni dell'osservatorio sulla rilevazione del piano di potenziamento e sulle iscrizioni
-- source.en: Computed by the observatory from the records of the strengthening plan and from registrations
-- caveat.it.1: Solo i posti del piano: chi lavorava nei centri da prima non c'è, quindi il numero non dice quanto è carico un centro in tutto.
-- caveat.en.1: Only the posts of the plan: who worked at the centres before is not there, so the number does not tell the whole load of a centre.
-- caveat.it.2: I posti sono del centro per l'impiego, le iscrizioni delle persone domiciliate nel suo territorio: qualcuno va a un altro centro.
-- caveat.en.2: Posts belong to the employment centre, registrations to the persons domiciled in its territory: some go to another centre.
-- caveat.it.3: Un posto coperto può non essere una persona a tempo pieno.
-- caveat.en.3: A post filled may not be a full-time person.
-- protection: personal
-- kind: estimate
-- unit: per_1000
-- definition: operators_per_1000@1
-- method: strengthening
-- grain: geo_level, geo, period_type, period, measure
-- breakdowns:
-- rules: persons
-- population: - / registrations_received
-- measure.operators_per_1000.it: Operatori ogni 1.000 iscrizioni
-- measure.operators_per_1000.en: Operators per 1,000 registrations
-- materialize: table

WITH posts AS (
  SELECT g.geo, s.month, sum(s.filled) AS filled
  FROM marts.plan_months s
  JOIN marts.geo_paths g ON g.leaf = s.district
  WHERE s.line = 'staff' AND s.month LIKE '%-12'
  GROUP BY g.geo, s.month
), leaves AS (
  SELECT d.code AS district, year(r.registered_on) AS year, count(*) AS registrations
  FROM marts.entries r
  JOIN marts.code_numbers d ON d.list = 'geo' AND d.number = r.district_no
  GROUP BY ALL
), registered AS (
  SELECT g.geo, l.year, sum(l.registrations) AS registrations
  FROM leaves l
  JOIN marts.geo_paths g ON g.leaf = l.district
  GROUP BY g.geo, l.year
), told AS (
  SELECT DISTINCT month FROM marts.plan_months
), states AS (
  -- where the plan never came there is nothing to show, not even a gap
  SELECT p.period, year(p.last_day) AS year, strftime(p.last_day, '%Y-%m') AS month,
         CASE WHEN p.first_day < r.complete_from OR p.last_day < c.complete_from THEN 'source_gap'
              WHEN t.month IS NULL OR p.last_day > c.complete_to OR NOT coalesce(p.last_day <= r.settled_to, false) THEN 'not_observable'
         END AS reason,
         -- the plan is a state, told once a year: shown as soon as it is told
         p.last_day > c.settled_to AS provisional
  FROM marts.periods p
  JOIN marts.completeness c ON c.contract = 'centres' AND c.complete_to IS NOT NULL
  JOIN marts.completeness r ON r.contract = 'registrations' AND p.last_day >= r.complete_from AND p.first_day <= r.complete_to
  LEFT JOIN told t ON t.month = strftime(p.last_day, '%Y-%m')
  WHERE p.period_type = 'year'
), counted AS (
  SELECT c.geo_level, c.geo, s.period, s.reason, s.provisional,
         CAST(coalesce(o.filled, 0) AS DOUBLE) AS filled, CAST(coalesce(d.registrations, 0) AS DOUBLE) AS registrations
  FROM marts.cells c
  CROSS JOIN states s
  LEFT JOIN posts o ON o.geo = c.geo AND o.month = s.month
  LEFT JOIN registered d ON d.geo = c.geo AND d.year = s.year
  WHERE c.breakdown = '_T' AND c.period_type = 'year'
)
SELECT geo_level, geo, 'year' AS period_type, period, 'operators_per_1000' AS measure,
       CASE WHEN reason IS NULL THEN filled END AS numerator, CASE WHEN reason IS NULL THEN registrations END AS denominator,
       CASE WHEN reason IS NULL AND registrations > 0 THEN 1000 * filled / registrations END AS value,
       CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN reason IS NOT NULL THEN 'O' WHEN registrations = 0 THEN 'M' WHEN provisional THEN 'P' END AS obs_status,
       reason, CAST(NULL AS VARCHAR) AS note_ids
FROM counted
