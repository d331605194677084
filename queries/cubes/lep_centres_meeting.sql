-- title.it: Territori che garantiscono i LEP
-- title.en: Territories that meet the LEP
-- description.it: Quanti dei LEP misurabili raggiungono la soglia di copertura in ogni territorio e quanti territori li raggiungono tutti.
-- description.en: How many of the measurable LEP reach the threshold of coverage in each territory, and how many territories reach all of them.
-- universe.it: LEP con una regola di diritto, nei territori a cui corrisponde un centro per l’impiego; solo celle di copertura pubblicabili da sole.
-- universe.en: LEP with a rule of entitlement, in the territories that have a job centre; only cells of coverage that can be published by themselves.
-- numerator.it: Per un territorio, i LEP con copertura pari o superiore alla soglia; sopra, i territori in cui tutti i LEP misurabili la raggiungono.
-- numerator.en: For a territory, the LEP with coverage at or above the threshold; above it, the territories where all measurable LEP reach it.
-- denominator.it: Per un territorio, i LEP misurabili; sopra, i territori con almeno un LEP misurabile.
-- denominator.en: For a territory, the measurable LEP; above it, the territories with at least one measurable LEP.
-- source.it: Elaborazioni dell’osservatorio su iscrizioni, patti di servizio e prestazioni dei centri per l’impiego
-- source.en: Computed by the observatory from registrations, service agreements and services of the job centres
-- caveat.it.1: Il traguardo M5C1-5 del PNRR chiede che almeno l’80 % dei centri di ogni regione garantisca i LEP di GOL. Come si misuri non è scritto: la soglia di copertura dell’80 % per ogni LEP è una proposta dell’osservatorio.
-- caveat.en.1: PNRR milestone M5C1-5 asks that at least 80 % of the centres of each region meet the LEP of GOL. How this is measured is not written: the threshold of 80 % coverage for each LEP is a proposal of the observatory.
-- caveat.it.2: Un LEP è misurabile in un territorio se ne avevano diritto almeno 30 persone e se né i raggiunti né i mancati sono uno o due: così questo indicatore non dice niente che la copertura non dica.
-- caveat.en.2: A LEP is measurable in a territory if at least 30 persons were entitled to it and neither those reached nor those missed are one or two: so this indicator tells nothing that the coverage does not.
-- caveat.it.3: Un periodo compare quando sono osservabili tutti i LEP con una regola, così che i LEP contati non cambino da un’edizione all’altra.
-- caveat.en.3: A period appears once all LEP with a rule are observable, so that the LEP counted do not change from one edition to the next.
-- caveat.it.4: Il territorio è quello di domicilio delle persone, non il centro che le ha servite.
-- caveat.en.4: The territory is that where persons live, not the centre that served them.
-- protection: personal
-- kind: rate
-- unit: percent
-- definition: lep_centres_meeting@1
-- method: lep_centres_meeting
-- grain: geo_level, geo, period_type, period, measure
-- breakdowns:
-- rules: centres
-- population: -
-- measure.lep_met.it: LEP garantiti
-- measure.lep_met.en: LEP met
-- measure.centres_all.it: Territori che garantiscono tutti i LEP
-- measure.centres_all.en: Territories that meet all LEP
-- materialize: table

WITH limits AS (
  SELECT value AS threshold_percent FROM reference.parameters WHERE name = 'centre_threshold_percent'
), policy AS (
  SELECT threshold, min_denominator FROM reference.disclosure_rules WHERE policy = 'persons'
), totals AS (
  SELECT geo, period_type, period, measure, numerator AS reached, denominator AS entitled, reason
  FROM cubes.lep_coverage
  WHERE sex = '_T' AND age_band = '_T' AND citizenship = '_T' AND education = '_T' AND duration = '_T' AND profile = '_T'
    AND reason IS DISTINCT FROM 'no_rule'
), states AS (
  -- all LEP with a rule or none: which ones count must not change later
  SELECT period_type, period,
         CASE WHEN bool_or(reason IS NOT DISTINCT FROM 'source_gap') THEN 'source_gap'
              WHEN bool_or(reason IS NOT NULL) THEN 'not_observable' END AS reason
  FROM totals
  GROUP BY period_type, period
), centres AS (
  SELECT t.geo AS centre, t.period_type, t.period,
         count(*) FILTER (WHERE 100 * t.reached >= l.threshold_percent * t.entitled) AS met, count(*) AS measurable
  FROM totals t
  JOIN marts.geo_paths f ON f.leaf = t.geo AND f.geo = t.geo AND f.finest
  CROSS JOIN limits l
  CROSS JOIN policy p
  WHERE t.entitled >= p.min_denominator
    AND (t.reached = 0 OR t.reached >= p.threshold)
    AND (t.reached = t.entitled OR t.entitled - t.reached >= p.threshold)
  GROUP BY t.geo, t.period_type, t.period
), counted AS (
  SELECT centre AS geo, period_type, period, met, measurable
  FROM centres
  UNION ALL
  SELECT g.geo, c.period_type, c.period, count(*) FILTER (WHERE c.met = c.measurable), count(*)
  FROM centres c
  JOIN marts.geo_paths g ON g.leaf = c.centre AND NOT g.finest
  GROUP BY g.geo, c.period_type, c.period
)
SELECT c.geo_level, c.geo, s.period_type, s.period,
       CASE WHEN c.finest THEN 'lep_met' ELSE 'centres_all' END AS measure,
       CASE WHEN s.reason IS NULL THEN CAST(coalesce(n.met, 0) AS DOUBLE) END AS numerator,
       CASE WHEN s.reason IS NULL THEN CAST(coalesce(n.measurable, 0) AS DOUBLE) END AS denominator,
       CAST(NULL AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN s.reason IS NOT NULL THEN 'O' END AS obs_status, s.reason, CAST(NULL AS VARCHAR) AS note_ids
FROM marts.cells c
JOIN states s ON s.period_type = c.period_type
LEFT JOIN counted n ON n.geo = c.geo AND n.period_type = s.period_type AND n.period = s.period
WHERE c.breakdown = '_T'
