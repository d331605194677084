-- title.it: Attività LEP
-- title.en: LEP activities
-- description.it: Quante attività di ciascun livello essenziale delle prestazioni (LEP) sono iniziate nel periodo, verso le persone e verso i datori di lavoro, per territorio e tipo di operatore.
-- description.en: How many activities of each essential service level (LEP) began in the period, for persons and for employers, by territory and kind of provider.
-- universe.it: Attività iniziate nel trimestre o nell’anno e non respinte, rifiutate, annullate o cancellate, di tutti i 21 LEP. Si contano attività, non persone.
-- universe.en: Activities begun in the quarter or year and not rejected, refused, annulled or deleted, of all 21 LEP. Activities are counted, not persons.
-- source.it: Elaborazioni dell'osservatorio su prestazioni, iscrizioni e sedi degli operatori dei servizi per il lavoro
-- source.en: Computed by the observatory from services, registrations and sites of the providers of employment services
-- caveat.it.1: Le attività per le persone sono attribuite al territorio di domicilio, quelle per i datori di lavoro al territorio della sede dell'operatore; le attività che non si possono attribuire a un territorio della regione non sono contate.
-- caveat.en.1: Activities for persons are attributed to the territory of domicile, those for employers to that of the provider's site; activities that cannot be attributed to a territory of the region are not counted.
-- caveat.it.2: Un'attività iniziata e poi abbandonata o conclusa in qualunque modo resta contata.
-- caveat.en.2: An activity that was begun and then abandoned, or ended in any way, stays counted.
-- caveat.it.3: Il numero di attività non dice quante persone ne avevano diritto: per questo c'è la copertura dei LEP.
-- caveat.en.3: The number of activities does not tell how many persons were entitled to them: the coverage of the LEP does.
-- protection: personal
-- kind: count
-- unit: events
-- definition: lep_activities@2
-- method: lep_activities
-- grain: geo_level, geo, period_type, period, provider_kind, measure
-- breakdowns: provider_kind
-- rules: persons
-- population: activities_{measure}
-- measures: lep
-- materialize: table

WITH states AS (
  -- registrations tell where the persons live, so both sources must be settled
  SELECT period_type, period, first_day, last_day,
         CASE WHEN bool_or(begins_before) THEN 'source_gap'
              WHEN NOT bool_and(coalesce(settled_days >= 0, false)) THEN 'not_observable'
         END AS reason
  FROM marts.period_sources
  WHERE contract IN ('registrations', 'services')
  GROUP BY period_type, period, first_day, last_day
), requested AS (
  SELECT c.geo_level, c.geo, s.period_type, s.period, m.slug AS measure, s.reason, c.provider_kind
  FROM marts.cells c
  JOIN states s ON s.period_type = c.period_type
  CROSS JOIN reference.lep m
  WHERE c.breakdown IN ('_T', 'provider_kind')
), begun AS (
  SELECT district_no, lep_no, provider_kind_no, started_on FROM marts.deeds
), packed AS (
  -- one number to group by
  SELECT ((CAST(district_no AS BIGINT) * 1000 + lep_no) * 1000 + provider_kind_no) * 100000 + (12 * year(started_on) + month(started_on) - 1) // 3 AS leaf,
         count(*) AS activities
  FROM begun
  GROUP BY leaf
), numbered AS (
  SELECT leaf // 100000000000 AS district_no, leaf // 100000000 % 1000 AS lep_no, leaf // 100000 % 1000 AS kind_no, leaf % 100000 AS quarter_no, activities
  FROM packed
), leaves AS (
  SELECT d.code AS district, CAST(make_date(n.quarter_no // 4, n.quarter_no % 4 * 3 + 1, 1) AS DATE) AS quarter_on, l.code AS lep, k.code AS provider_kind, n.activities
  FROM numbered n
  JOIN marts.code_numbers d ON d.list = 'geo' AND d.number = n.district_no
  JOIN marts.code_numbers l ON l.list = 'lep' AND l.number = n.lep_no
  LEFT JOIN marts.code_numbers k ON k.list = 'provider_kind' AND k.number = n.kind_no
), counted AS (
  -- activities are events: those of a year are those of its quarters
  SELECT g.geo, s.period_type, s.period, l.lep AS measure,
         CASE WHEN grouping(l.provider_kind) = 0 THEN l.provider_kind ELSE '_T' END AS provider_kind,
         sum(l.activities) AS activities
  FROM leaves l
  JOIN states s ON l.quarter_on BETWEEN s.first_day AND s.last_day
  JOIN marts.geo_paths g ON g.leaf = l.district
  GROUP BY GROUPING SETS (
    (g.geo, s.period_type, s.period, l.lep), (g.geo, s.period_type, s.period, l.lep, l.provider_kind)
  )
)
SELECT r.geo_level, r.geo, r.period_type, r.period, r.provider_kind, r.measure,
       CAST(NULL AS DOUBLE) AS numerator, CAST(NULL AS DOUBLE) AS denominator,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.activities, 0) AS DOUBLE) END AS value,
       CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN r.reason IS NOT NULL THEN 'O' END AS obs_status, r.reason, CAST(NULL AS VARCHAR) AS note_ids
FROM requested r
LEFT JOIN counted c
  ON c.geo = r.geo AND c.period_type = r.period_type AND c.period = r.period
 AND c.measure = r.measure AND c.provider_kind = r.provider_kind
