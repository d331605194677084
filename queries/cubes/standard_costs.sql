-- title.it: Costi standard delle prestazioni
-- title.en: Standard costs of services
-- description.it: A quanto ammontano i costi standard (UCS) riconosciuti per le attività iniziate nel periodo, per LEP, percorso e tipo di operatore.
-- description.en: What the recognised standard costs (UCS) of the activities begun in the period amount to, by LEP, path and kind of provider.
-- universe.it: Attività valide verso le persone, iniziate nel trimestre o nell’anno, per cui è indicato un costo standard.
-- universe.en: Valid activities for persons, begun in the quarter or year, for which a standard cost is stated.
-- numerator.it: Attività con un costo standard.
-- numerator.en: Activities with a standard cost.
-- denominator.it: Persone che le hanno ricevute: possono essere meno delle attività.
-- denominator.en: Persons who received them: they may be fewer than the activities.
-- source.it: Elaborazioni dell’osservatorio su prestazioni, iscrizioni e patti dei servizi per il lavoro
-- source.en: Computed by the observatory from services, registrations and agreements of the employment services
-- caveat.it.1: È il costo standard riconosciuto, non la spesa: dice quanto vale l’attività secondo le tabelle, non quanto è costata né quanto è stato pagato.
-- caveat.en.1: This is the recognised standard cost, not spending: it tells what the activity is worth by the tables, not what it cost or what was paid.
-- caveat.it.2: Le attività senza un costo standard, come quelle di accoglienza, non entrano: un importo basso può voler dire che il costo non è stato registrato.
-- caveat.en.2: Activities without a standard cost, such as reception, are left out: a low amount may mean that the cost was not recorded.
-- caveat.it.3: L’importo si attribuisce al periodo in cui l’attività è iniziata, anche quando è durata oltre.
-- caveat.en.3: The amount belongs to the period in which the activity began, even where it lasted beyond.
-- caveat.it.4: Il percorso è quello dell’ultimo patto della persona firmato fino a quel giorno.
-- caveat.en.4: The path is that of the person’s last agreement signed by that day.
-- protection: personal
-- kind: estimate
-- unit: eur
-- definition: standard_costs@1
-- method: standard_costs
-- grain: geo_level, geo, period_type, period, path, provider_kind, measure
-- breakdowns: path, provider_kind
-- rules: amounts
-- population: costed_{measure} / costed_persons_{measure}
-- time: add / apart
-- overlap: path, provider_kind
-- tied: lep_activities
-- measures: lep
-- materialize: table

WITH states AS (
  -- agreements tell the path, registrations where the persons live
  SELECT period_type, period, first_day, last_day,
         CASE WHEN bool_or(begins_before) THEN 'source_gap'
              WHEN NOT bool_and(coalesce(settled_days >= 0, false)) THEN 'not_observable'
         END AS reason
  FROM marts.period_sources
  WHERE contract IN ('agreements', 'registrations', 'services')
  GROUP BY period_type, period, first_day, last_day
), requested AS (
  SELECT c.geo_level, c.geo, s.period_type, s.period, s.reason, c.path, c.provider_kind, m.slug AS measure
  FROM marts.cells c
  JOIN states s ON s.period_type = c.period_type
  CROSS JOIN reference.lep m
  WHERE c.breakdown IN ('_T', 'path', 'provider_kind') AND m.beneficiary = 'person'
), paths AS (
  SELECT person_id, signed_on, path
  FROM marts.agreements
  QUALIFY row_number() OVER (PARTITION BY person_id, signed_on ORDER BY agreement_id DESC) = 1
), costed AS (
  SELECT person_id, lep, date_trunc('quarter', started_on) AS quarter_on, started_on, district, provider_kind,
         CAST(standard_cost_eur AS DECIMAL(18, 4)) AS eur
  FROM marts.activities
  WHERE beneficiary_kind = 'person' AND standard_cost_eur IS NOT NULL AND district IS NOT NULL
), visits AS (
  SELECT a.person_id, a.lep, a.quarter_on, a.district, a.provider_kind, coalesce(p.path, 'none') AS path,
         count(*) AS activities, sum(a.eur) AS eur
  FROM costed a
  ASOF LEFT JOIN paths p ON p.person_id = a.person_id AND a.started_on >= p.signed_on
  GROUP BY a.person_id, a.lep, a.quarter_on, a.district, a.provider_kind, coalesce(p.path, 'none')
), leaves AS (
  SELECT district, quarter_on, lep,
         CASE WHEN grouping(path) = 0 THEN path ELSE '_T' END AS path,
         CASE WHEN grouping(provider_kind) = 0 THEN provider_kind ELSE '_T' END AS provider_kind,
         sum(activities) AS activities, sum(eur) AS eur
  FROM visits
  GROUP BY GROUPING SETS (
    (district, quarter_on, lep), (district, quarter_on, lep, path), (district, quarter_on, lep, provider_kind)
  )
), amounts AS (
  -- activities and euro add up over districts and quarters
  SELECT g.geo, s.period_type, s.period, l.lep, l.path, l.provider_kind,
         sum(l.activities) AS activities, sum(l.eur) AS eur
  FROM leaves l
  JOIN states s ON l.quarter_on BETWEEN s.first_day AND s.last_day
  JOIN marts.geo_paths g ON g.leaf = l.district
  GROUP BY g.geo, s.period_type, s.period, l.lep, l.path, l.provider_kind
), repeated AS (
  SELECT person_id, lep, year(quarter_on) AS year
  FROM visits
  GROUP BY person_id, lep, year(quarter_on)
  HAVING count(*) > 1
), settled AS (
  -- who has one visit of a LEP in a year is one person in each of its cells:
  -- such persons, nearly all of them, add up
  SELECT v.district, v.quarter_on, v.lep,
         CASE WHEN grouping(v.path) = 0 THEN v.path ELSE '_T' END AS path,
         CASE WHEN grouping(v.provider_kind) = 0 THEN v.provider_kind ELSE '_T' END AS provider_kind,
         count(*) AS persons
  FROM visits v
  ANTI JOIN repeated r ON r.person_id = v.person_id AND r.lep = v.lep AND r.year = year(v.quarter_on)
  GROUP BY GROUPING SETS (
    (v.district, v.quarter_on, v.lep), (v.district, v.quarter_on, v.lep, v.path), (v.district, v.quarter_on, v.lep, v.provider_kind)
  )
), regulars AS (
  SELECT v.person_id, v.lep, v.quarter_on, v.district, v.path, v.provider_kind
  FROM visits v
  SEMI JOIN repeated r ON r.person_id = v.person_id AND r.lep = v.lep AND r.year = year(v.quarter_on)
), again AS (
  -- the others count once in each period and territory that they were served in
  SELECT g.geo, s.period_type, s.period, v.lep,
         CASE WHEN grouping(v.path) = 0 THEN v.path ELSE '_T' END AS path,
         CASE WHEN grouping(v.provider_kind) = 0 THEN v.provider_kind ELSE '_T' END AS provider_kind,
         count(DISTINCT v.person_id) AS persons
  FROM regulars v
  JOIN states s ON v.quarter_on BETWEEN s.first_day AND s.last_day
  JOIN marts.geo_paths g ON g.leaf = v.district
  GROUP BY GROUPING SETS (
    (g.geo, s.period_type, s.period, v.lep), (g.geo, s.period_type, s.period, v.lep, v.path),
    (g.geo, s.period_type, s.period, v.lep, v.provider_kind)
  )
), told AS (
  SELECT g.geo, s.period_type, s.period, t.lep, t.path, t.provider_kind, t.persons
  FROM settled t
  JOIN states s ON t.quarter_on BETWEEN s.first_day AND s.last_day
  JOIN marts.geo_paths g ON g.leaf = t.district
  UNION ALL
  SELECT geo, period_type, period, lep, path, provider_kind, persons
  FROM again
), persons AS (
  SELECT geo, period_type, period, lep, path, provider_kind, sum(persons) AS persons
  FROM told
  GROUP BY geo, period_type, period, lep, path, provider_kind
)
SELECT r.geo_level, r.geo, r.period_type, r.period, r.path, r.provider_kind, r.measure,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(a.activities, 0) AS DOUBLE) END AS numerator,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(p.persons, 0) AS DOUBLE) END AS denominator,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(a.eur, 0) AS DOUBLE) END AS value,
       CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN r.reason IS NOT NULL THEN 'O' END AS obs_status, r.reason, CAST(NULL AS VARCHAR) AS note_ids
FROM requested r
LEFT JOIN amounts a
  ON a.geo = r.geo AND a.period_type = r.period_type AND a.period = r.period AND a.lep = r.measure
 AND a.path = r.path AND a.provider_kind = r.provider_kind
LEFT JOIN persons p
  ON p.geo = r.geo AND p.period_type = r.period_type AND p.period = r.period AND p.lep = r.measure
 AND p.path = r.path AND p.provider_kind = r.provider_kind
