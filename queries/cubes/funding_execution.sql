-- title.it: Avanzamento delle risorse
-- title.en: Progress of the money
-- description.it: Quanto è stato assegnato, impegnato e pagato per anno, programma e territorio, e che parte dell'assegnato è impegnata e pagata.
-- description.en: How much was allocated, committed and paid by year, programme and territory, and what share of the allocation is committed and paid.
-- universe.it: Importi dei programmi per i servizi per il lavoro e per l'inclusione, per anno di riferimento. Le somme non ripartite stanno solo nel territorio che le ha.
-- universe.en: Amounts of the programmes for employment services and inclusion, by year of reference. Money that is not split is only in the territory that has it.
-- source.it: Rilevazione delle risorse dei programmi
-- source.en: Records of the money of the programmes
-- caveat.it.1: Gli importi dei territori più piccoli non sommano alla regione dove una parte delle risorse è gestita per intero dalla regione.
-- caveat.en.1: The amounts of smaller territories do not add up to the region where part of the money is managed by the region as a whole.
-- caveat.it.2: Impegni e pagamenti stanno nell'anno in cui la fonte li scrive: se si riferiscono ad assegnazioni di anni prima, le quote di un anno possono superare 100.
-- caveat.en.2: Commitments and payments are in the year in which the source writes them: where they refer to allocations of earlier years, the shares of a year may exceed 100.
-- caveat.it.3: Pagato non vuol dire servizio reso: dice quanto denaro è uscito, non che cosa se n'è fatto.
-- caveat.en.3: Paid does not mean a service given: it tells how much money went out, not what was done with it.
-- protection: open
-- kind: count
-- unit: eur
-- definition: funding_execution@1
-- method: funding_execution
-- grain: geo_level, geo, period_type, period, plan_programme, measure
-- breakdowns: plan_programme
-- measure.allocated.it: Assegnato
-- measure.allocated.en: Allocated
-- measure.committed.it: Impegnato
-- measure.committed.en: Committed
-- measure.paid.it: Pagato
-- measure.paid.en: Paid
-- measure.committed_share.it: Impegnato su assegnato
-- measure.committed_share.en: Committed over allocated
-- measure.committed_share.unit: percent
-- measure.paid_share.it: Pagato su assegnato
-- measure.paid_share.en: Paid over allocated
-- measure.paid_share.unit: percent
-- materialize: table

WITH told AS (
  SELECT DISTINCT year FROM staging.funding
), shown AS (
  -- a year of which no amount is told is not shown
  SELECT p.period, t.year, p.last_day > c.settled_to AS provisional
  FROM marts.covered_periods p
  JOIN marts.completeness c ON c.contract = p.contract
  JOIN told t ON t.year = year(p.last_day)
  WHERE p.contract = 'funding' AND p.period_type = 'year'
), counted AS (
  SELECT g.geo, f.year,
         CASE WHEN grouping(f.programme) = 0 THEN f.programme ELSE '_T' END AS plan_programme,
         CAST(round(coalesce(sum(CAST(f.amount_eur AS DECIMAL(18, 4))) FILTER (WHERE f.kind = 'allocated'), 0), 2) AS DOUBLE) AS allocated,
         CAST(round(coalesce(sum(CAST(f.amount_eur AS DECIMAL(18, 4))) FILTER (WHERE f.kind = 'committed'), 0), 2) AS DOUBLE) AS committed,
         CAST(round(coalesce(sum(CAST(f.amount_eur AS DECIMAL(18, 4))) FILTER (WHERE f.kind = 'paid'), 0), 2) AS DOUBLE) AS paid
  FROM staging.funding f
  JOIN marts.geo_paths g ON g.leaf = f.district
  GROUP BY GROUPING SETS ((g.geo, f.year), (g.geo, f.year, f.programme))
), asked (plan_programme) AS (
  SELECT '_T'
  UNION ALL
  SELECT code FROM reference.codes WHERE list = 'plan_programme'
), measures (measure) AS (
  VALUES ('allocated'), ('committed'), ('paid'), ('committed_share'), ('paid_share')
), requested AS (
  SELECT t.geo_level, t.geo, s.period, s.year, s.provisional, a.plan_programme, m.measure
  FROM marts.geo_paths t
  CROSS JOIN shown s
  CROSS JOIN asked a
  CROSS JOIN measures m
  WHERE t.leaf = t.geo
), valued AS (
  SELECT r.geo_level, r.geo, r.period, r.provisional, r.plan_programme, r.measure,
         CASE r.measure
           WHEN 'allocated' THEN coalesce(c.allocated, 0)
           WHEN 'committed' THEN coalesce(c.committed, 0)
           WHEN 'paid' THEN coalesce(c.paid, 0)
           WHEN 'committed_share' THEN CASE WHEN c.allocated > 0 THEN round(100 * c.committed / c.allocated, 4) END
           ELSE CASE WHEN c.allocated > 0 THEN round(100 * c.paid / c.allocated, 4) END END AS value
  FROM requested r
  LEFT JOIN counted c ON c.geo = r.geo AND c.year = r.year AND c.plan_programme = r.plan_programme
)
-- nothing allocated leaves nothing to divide by
SELECT geo_level, geo, 'year' AS period_type, period, plan_programme, measure,
       CAST(NULL AS DOUBLE) AS numerator, CAST(NULL AS DOUBLE) AS denominator, value,
       CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN value IS NULL THEN 'M' WHEN provisional THEN 'P' END AS obs_status,
       CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS note_ids
FROM valued
