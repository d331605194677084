-- title.it: Rapporti di lavoro in corso
-- title.en: Work relationships running
-- description.it: Quanti rapporti di lavoro erano in corso l'ultimo giorno del periodo, per territorio della sede di lavoro, gruppo di contratto e settore.
-- description.en: How many work relationships were running on the last day of the period, by territory of the workplace, contract group and sector.
-- universe.it: Rapporti di lavoro subordinato, apprendistato, collaborazione coordinata e continuativa e missioni in somministrazione con sede di lavoro nella regione, in corso l'ultimo giorno del periodo. Si contano rapporti, non persone.
-- universe.en: Employment, apprenticeship, coordinated continuous collaboration and agency missions with a workplace in the region, running on the last day of the period. Relationships are counted, not persons.
-- source.it: Elaborazioni dell'osservatorio su comunicazioni obbligatorie (UNILAV, UNISOMM, UNIURG, VARDATORI)
-- source.en: Computed by the observatory from compulsory communications of employment (UNILAV, UNISOMM, UNIURG, VARDATORI)
-- caveat.it.1: Il territorio è quello della sede di lavoro, non del domicilio: questi numeri non vanno divisi per quelli delle persone iscritte.
-- caveat.en.1: The territory is that of the workplace, not of domicile: these numbers must not be divided by those of registered persons.
-- caveat.it.2: Si contano i rapporti che le comunicazioni consegnate fanno conoscere: quelli cominciati prima della prima consegna, e mai comunicati dopo, mancano. Il livello è quindi più basso del vero, soprattutto nei primi anni; la variazione è più sicura del livello.
-- caveat.en.2: Relationships are counted as far as the communications delivered make them known: those begun before the first delivery and never communicated since are missing. The level is thus lower than the true one, above all in the first years; the change is safer than the level.
-- caveat.it.3: Un rapporto a termine senza cessazione comunicata è in corso fino al termine previsto; uno aperto di cui non si sa più nulla da prima del 2008, o da prima che la persona avesse più di 70 anni, non è ritenuto in corso.
-- caveat.en.3: A fixed-term relationship without a reported end runs until its planned end; an open one of which nothing has been heard since before 2008, or since before the person was over 70, is not believed to be running.
-- caveat.it.4: Il gruppo di contratto è quello di quel giorno: un rapporto trasformato è contato fra quelli a tempo indeterminato. La somministrazione resta somministrazione.
-- caveat.en.4: The contract group is that of the day: a relationship that was transformed is counted as open-ended. Agency work stays agency work.
-- caveat.it.5: Serie grezza, non corretta per la stagionalità. I periodi più recenti sono provvisori finché possono arrivare comunicazioni tardive. Dal 1° aprile 2025 i settori vengono dall'ATECO 2025: la serie per settore ha lì un'interruzione.
-- caveat.en.5: Raw series, not seasonally adjusted. The latest periods are provisional as long as late communications may arrive. From 1 April 2025 sectors come from ATECO 2025: the series by sector breaks there.
-- protection: personal
-- kind: count
-- unit: positions
-- definition: positions@2
-- method: positions
-- grain: geo_level, geo, period_type, period, contract_group, sector, measure
-- breakdowns: contract_group, sector
-- rules: employers
-- shares: positions_contributions
-- population: positions
-- time: stock
-- moved: flows, starts, ends, contract_group, transformations
-- measure.positions.it: Rapporti in corso
-- measure.positions.en: Relationships running
-- materialize: table

WITH shown AS (
  -- the last day decides: what ran on it is known wherever the year began
  SELECT p.period_type, p.period, CAST(date_trunc('quarter', p.last_day) AS DATE) AS last_quarter,
         p.last_day > c.settled_to AS provisional
  FROM marts.periods p
  JOIN marts.completeness c ON c.contract = 'placements' AND p.last_day BETWEEN c.complete_from AND c.complete_to
), leaves AS (
  SELECT district, quarter,
         CASE WHEN grouping(contract_group) = 0 THEN contract_group ELSE '_T' END AS contract_group,
         CASE WHEN grouping(sector) = 0 THEN sector ELSE '_T' END AS sector,
         sum(change) AS change
  FROM marts.job_changes
  GROUP BY GROUPING SETS ((district, quarter), (district, quarter, contract_group), (district, quarter, sector))
), changed AS (
  SELECT g.geo, l.quarter, l.contract_group, l.sector, sum(l.change) AS change
  FROM leaves l
  JOIN marts.geo_paths g ON g.leaf = l.district
  GROUP BY g.geo, l.quarter, l.contract_group, l.sector
), running AS (
  -- from the first relationship known: the sum of all changes so far
  SELECT geo, quarter, contract_group, sector,
         sum(change) OVER (PARTITION BY geo, contract_group, sector ORDER BY quarter) AS positions
  FROM changed
), groups AS (
  -- groups that never qualify, such as traineeships, are no cells of this view
  SELECT contract_group FROM reference.contracts WHERE qualifying
  UNION
  SELECT 'agency' AS contract_group
), requested AS (
  SELECT c.geo_level, c.geo, s.period_type, s.period, s.last_quarter, s.provisional, c.contract_group, c.sector
  FROM marts.cells c
  JOIN shown s ON s.period_type = c.period_type
  WHERE c.breakdown IN ('_T', 'sector')
     OR (c.breakdown = 'contract_group' AND c.contract_group IN (SELECT contract_group FROM groups))
)
SELECT r.geo_level, r.geo, r.period_type, r.period, r.contract_group, r.sector, 'positions' AS measure,
       CAST(NULL AS DOUBLE) AS numerator, CAST(NULL AS DOUBLE) AS denominator,
       CAST(coalesce(n.positions, 0) AS DOUBLE) AS value,
       CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN b.list IS NOT NULL THEN 'B' WHEN r.provisional THEN 'P' END AS obs_status,
       CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS note_ids
FROM requested r
ASOF LEFT JOIN running n
  ON n.geo = r.geo AND n.contract_group = r.contract_group AND n.sector = r.sector AND r.last_quarter >= n.quarter
LEFT JOIN marts.series_breaks b
  ON b.list = 'sector' AND r.sector <> '_T' AND b.period_type = r.period_type AND b.period = r.period
