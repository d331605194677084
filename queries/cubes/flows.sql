-- title.it: Attivazioni e cessazioni di rapporti di lavoro
-- title.en: Starts and ends of work relationships
-- description.it: Quanti rapporti di lavoro sono iniziati e finiti nel trimestre, e il loro saldo, per distretto della sede di lavoro, gruppo di contratto e settore.
-- description.en: How many work relationships started and ended in the quarter, and their balance, by district of the workplace, contract group and sector.
-- universe.it: Rapporti di lavoro subordinato, apprendistato, collaborazione coordinata e continuativa e missioni in somministrazione con sede di lavoro nella regione. Si contano rapporti, non persone.
-- universe.en: Employment, apprenticeship, coordinated continuous collaboration and agency missions with a workplace in the region. Relationships are counted, not persons.
-- source.it: Elaborazioni dell'osservatorio su comunicazioni obbligatorie (UNILAV, UNISOMM, UNIURG, VARDATORI)
-- source.en: Computed by the observatory from compulsory communications of employment (UNILAV, UNISOMM, UNIURG, VARDATORI)
-- caveat.it.1: Il territorio è quello della sede di lavoro, non del domicilio: questi numeri non vanno divisi per quelli delle persone iscritte.
-- caveat.en.1: The territory is that of the workplace, not of domicile: these numbers must not be divided by those of registered persons.
-- caveat.it.2: Restano fuori il lavoro autonomo, il lavoro all'estero, il lavoro non dichiarato, i tirocini, i lavori socialmente utili e le borse lavoro.
-- caveat.en.2: Self-employment, work abroad, undeclared work, traineeships, socially useful work and work grants are left out.
-- caveat.it.3: Una fine prevista e non smentita conta come cessazione; proroghe, trasformazioni e cambi di datore non aprono un nuovo rapporto.
-- caveat.en.3: A planned end that nothing contradicts counts as an end; extensions, transformations and changes of employer do not open a new relationship.
-- caveat.it.4: Serie grezza, non corretta per la stagionalità. I trimestri più recenti sono provvisori finché possono arrivare comunicazioni tardive.
-- caveat.en.4: Raw series, not seasonally adjusted. The latest quarters are provisional as long as late communications may arrive.
-- caveat.it.5: La formula è dell'osservatorio e può dare numeri diversi da quelli di altre fonti, che trattano diversamente le date di fine.
-- caveat.en.5: The formula is the observatory's own and may give other numbers than sources that treat end dates differently.
-- protection: personal
-- kind: count
-- unit: relationships
-- definition: flows@1
-- method: flows
-- grain: geo_level, geo, period_type, period, contract_group, sector, measure
-- breakdowns: contract_group, sector
-- rules: employers
-- measure.starts.it: Attivazioni
-- measure.starts.en: Starts
-- measure.ends.it: Cessazioni
-- measure.ends.en: Ends
-- measure.balance.it: Saldo
-- measure.balance.en: Balance
-- derived: balance = starts - ends
-- materialize: table

WITH periods AS (
  -- only quarters that communications cover from the first to the last day;
  -- provisional while late ones may still come
  SELECT q.period, q.last_day > c.settled_to AS provisional
  FROM marts.periods q
  JOIN marts.completeness c ON c.contract = 'placements'
  WHERE q.period_type = 'quarter' AND q.first_day >= c.complete_from AND q.last_day <= c.complete_to
), dated AS (
  SELECT workplace_comune, contract_group, sector, start_on AS event_on, 1 AS started, 0 AS ended
  FROM marts.spells
  WHERE qualifying
  UNION ALL
  SELECT workplace_comune, contract_group, sector, end_on AS event_on, 0 AS started, 1 AS ended
  FROM marts.spells
  WHERE qualifying AND end_on IS NOT NULL
), leaves AS (
  -- a workplace outside the region has no territory here and drops out
  SELECT m.geo AS district, year(d.event_on) || '-Q' || quarter(d.event_on) AS period, d.contract_group, d.sector,
         sum(d.started) AS starts, sum(d.ended) AS ends
  FROM dated d
  JOIN reference.comuni m ON m.comune = d.workplace_comune
  GROUP BY m.geo, period, d.contract_group, d.sector
), counted AS (
  SELECT g.geo, l.period,
         CASE WHEN grouping(l.contract_group) = 0 THEN l.contract_group ELSE '_T' END AS contract_group,
         CASE WHEN grouping(l.sector) = 0 THEN l.sector ELSE '_T' END AS sector,
         sum(l.starts) AS starts, sum(l.ends) AS ends
  FROM leaves l
  JOIN marts.geo_paths g ON g.leaf = l.district
  GROUP BY GROUPING SETS ((g.geo, l.period), (g.geo, l.period, l.contract_group), (g.geo, l.period, l.sector))
), groups AS (
  -- groups that never qualify, such as traineeships, are no cells of this view
  SELECT contract_group FROM reference.contracts WHERE qualifying
  UNION
  SELECT 'agency' AS contract_group
), requested AS (
  SELECT c.geo_level, c.geo, p.period, p.provisional,
         c.contract_group, c.sector
  FROM marts.cells c
  CROSS JOIN periods p
  WHERE c.period_type = 'quarter'
    AND (c.breakdown IN ('_T', 'sector')
      OR (c.breakdown = 'contract_group' AND c.contract_group IN (SELECT contract_group FROM groups)))
), filled AS (
  SELECT r.geo_level, r.geo, r.period, r.provisional, r.contract_group, r.sector,
         CAST(coalesce(c.starts, 0) AS DOUBLE) AS starts, CAST(coalesce(c.ends, 0) AS DOUBLE) AS ends
  FROM requested r
  LEFT JOIN counted c
    ON c.geo = r.geo AND c.period = r.period AND c.contract_group = r.contract_group AND c.sector = r.sector
), measures (measure) AS (
  VALUES ('starts'), ('ends'), ('balance')
)
SELECT f.geo_level, f.geo, 'quarter' AS period_type, f.period, f.contract_group, f.sector, m.measure,
       CAST(NULL AS DOUBLE) AS numerator, CAST(NULL AS DOUBLE) AS denominator,
       CASE m.measure WHEN 'starts' THEN f.starts WHEN 'ends' THEN f.ends ELSE f.starts - f.ends END AS value,
       CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN f.provisional THEN 'P' END AS obs_status, CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS note_ids
FROM filled f
CROSS JOIN measures m
