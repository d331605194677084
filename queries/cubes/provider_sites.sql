-- title.it: Sedi degli operatori
-- title.en: Sites of providers
-- description.it: Quante sedi di centri per l’impiego e di enti accreditati sono attive alla fine dell’anno, e quante per 10.000 residenti.
-- description.en: How many sites of job centres and accredited bodies are active at the end of the year, and how many per 10,000 residents.
-- universe.it: Sedi attive il 31 dicembre, in un comune della regione.
-- universe.en: Sites active on 31 December, in a municipality of the region.
-- source.it: Elaborazioni dell’osservatorio sull’elenco degli operatori e delle sedi e sulla popolazione residente
-- source.en: Computed by the observatory from the list of providers and sites and the resident population
-- caveat.it.1: Una sede conta una volta, qualunque sia il numero di sportelli, di addetti e di servizi: non dice quanto può fare.
-- caveat.en.1: A site counts once, whatever its number of desks, staff and services: it does not tell how much it can do.
-- caveat.it.2: La popolazione è quella residente dell’anno, di tutte le età; dove l’anno manca, il rapporto manca.
-- caveat.en.2: The population is that resident in the year, of all ages; where the year is missing, so is the ratio.
-- caveat.it.3: Le sedi si contano nel comune in cui stanno: chi vive vicino al confine usa anche quelle di fianco.
-- caveat.en.3: Sites are counted in the municipality where they lie: who lives near a border uses those next door too.
-- protection: open
-- kind: count
-- unit: number
-- definition: provider_sites@1
-- method: provider_sites
-- grain: geo_level, geo, period_type, period, provider_kind, measure
-- breakdowns: provider_kind
-- measure.sites.it: Sedi
-- measure.sites.en: Sites
-- measure.sites_per_10000.it: Sedi per 10.000 residenti
-- measure.sites_per_10000.en: Sites per 10,000 residents
-- measure.sites_per_10000.unit: per_10000
-- materialize: table

WITH years AS (
  -- a year is known once the list of sites is complete to its last day
  SELECT p.period, p.first_day, p.last_day,
         CASE WHEN p.last_day < c.complete_from THEN 'source_gap'
              WHEN NOT coalesce(p.last_day <= c.complete_to, false) THEN 'not_observable' END AS reason
  FROM marts.periods p
  LEFT JOIN ledger.completeness c ON c.contract = 'providers'
  WHERE p.period_type = 'year'
), active AS (
  SELECT DISTINCT y.period, s.kind, s.provider, s.site, m.geo AS leaf
  FROM years y
  JOIN staging.providers s ON s.valid_from <= y.last_day AND (s.valid_to IS NULL OR s.valid_to >= y.last_day)
  JOIN reference.comuni m ON m.comune = s.comune
), sites AS (
  SELECT g.geo, a.period, CASE WHEN grouping(a.kind) = 0 THEN a.kind ELSE '_T' END AS provider_kind,
         count(*) AS sites
  FROM active a
  JOIN marts.geo_paths g ON g.leaf = a.leaf
  GROUP BY GROUPING SETS ((g.geo, a.period), (g.geo, a.period, a.kind))
), residents AS (
  SELECT g.geo, CAST(p.year AS VARCHAR) AS period, sum(p.persons) AS persons
  FROM staging.population p
  LEFT JOIN reference.comuni m ON m.comune = p.comune
  JOIN marts.geo_paths g ON g.leaf = coalesce(m.geo, p.district)
  GROUP BY g.geo, p.year
), measured AS (
  SELECT c.geo_level, c.geo, y.period, c.provider_kind, 'sites' AS measure, y.reason,
         CAST(coalesce(s.sites, 0) AS DOUBLE) AS value
  FROM marts.cells c
  CROSS JOIN years y
  LEFT JOIN sites s ON s.geo = c.geo AND s.period = y.period AND s.provider_kind = c.provider_kind
  WHERE c.period_type = 'year' AND c.breakdown IN ('_T', 'provider_kind')
), ratios AS (
  SELECT m.geo_level, m.geo, m.period, m.provider_kind, 'sites_per_10000' AS measure,
         coalesce(m.reason, CASE WHEN coalesce(r.persons, 0) = 0 THEN 'source_gap' END) AS reason,
         10000 * m.value / nullif(r.persons, 0) AS value
  FROM measured m
  LEFT JOIN residents r ON r.geo = m.geo AND r.period = m.period
), told AS (
  SELECT geo_level, geo, period, provider_kind, measure, reason, value FROM measured
  UNION ALL
  SELECT geo_level, geo, period, provider_kind, measure, reason, value FROM ratios
)
SELECT geo_level, geo, 'year' AS period_type, period, provider_kind, measure,
       CAST(NULL AS DOUBLE) AS numerator, CAST(NULL AS DOUBLE) AS denominator,
       CASE WHEN reason IS NULL THEN value END AS value,
       CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN reason IS NOT NULL THEN 'O' END AS obs_status, reason, CAST(NULL AS VARCHAR) AS note_ids
FROM told
