-- title.it: Composizione degli avviamenti per contratto
-- title.en: Starts by kind of contract
-- description.it: Che parte degli avviamenti del periodo ha ciascun gruppo di contratto, per territorio della sede di lavoro e settore.
-- description.en: What share of the starts of the period each contract group has, by territory of the workplace and sector.
-- universe.it: Rapporti di lavoro subordinato, apprendistato, collaborazione coordinata e continuativa e missioni in somministrazione con sede di lavoro nella regione, cominciati nel periodo. Si contano rapporti, non persone.
-- universe.en: Employment, apprenticeship, coordinated continuous collaboration and agency missions with a workplace in the region, begun in the period. Relationships are counted, not persons.
-- numerator.it: Rapporti cominciati nel periodo con un contratto del gruppo.
-- numerator.en: Relationships begun in the period with a contract of the group.
-- denominator.it: Tutti i rapporti cominciati nel periodo.
-- denominator.en: All relationships begun in the period.
-- source.it: Elaborazioni dell'osservatorio su comunicazioni obbligatorie (UNILAV, UNISOMM, UNIURG, VARDATORI)
-- source.en: Computed by the observatory from compulsory communications of employment (UNILAV, UNISOMM, UNIURG, VARDATORI)
-- caveat.it.1: Il territorio è quello della sede di lavoro, non del domicilio: questi numeri non vanno divisi per quelli delle persone iscritte.
-- caveat.en.1: The territory is that of the workplace, not of domicile: these numbers must not be divided by those of registered persons.
-- caveat.it.2: È la composizione di ciò che comincia, non di ciò che è in corso: i rapporti brevi si ripetono e pesano di più. Chi è al lavoro si legge nei rapporti in corso.
-- caveat.en.2: It is the mix of what begins, not of what runs: short relationships are repeated and weigh more. Who is at work is read in the relationships running.
-- caveat.it.3: Il contratto è quello dell'avviamento; le trasformazioni a tempo indeterminato sono contate nei flussi. Il gruppo «somministrazione» sono le missioni, di qualunque durata.
-- caveat.en.3: The contract is that of the start; transformations to open-ended are counted in the flows. The group “agency work” is missions, of whatever length.
-- caveat.it.4: Dal 1° aprile 2025 i settori vengono dall'ATECO 2025: la serie per settore ha lì un'interruzione. I periodi più recenti sono provvisori.
-- caveat.en.4: From 1 April 2025 sectors come from ATECO 2025: the series by sector breaks there. The latest periods are provisional.
-- protection: personal
-- kind: rate
-- unit: percent
-- definition: contract_mix@2
-- method: contract_mix
-- grain: geo_level, geo, period_type, period, sector, measure
-- breakdowns: sector
-- rules: employer_shares
-- shares: contract_mix_contributions
-- population: relationships_begun
-- answers: open_ended = contract_group:open_ended; fixed_term = contract_group:fixed_term; apprenticeship = contract_group:apprenticeship; agency = contract_group:agency; intermittent = contract_group:intermittent; domestic = contract_group:domestic; parasubordinate = contract_group:parasubordinate; other = contract_group:other
-- measure.open_ended.it: Tempo indeterminato
-- measure.open_ended.en: Open-ended
-- measure.fixed_term.it: Tempo determinato
-- measure.fixed_term.en: Fixed-term
-- measure.apprenticeship.it: Apprendistato
-- measure.apprenticeship.en: Apprenticeship
-- measure.agency.it: Somministrazione
-- measure.agency.en: Agency work
-- measure.intermittent.it: Intermittente
-- measure.intermittent.en: Intermittent
-- measure.domestic.it: Domestico
-- measure.domestic.en: Domestic
-- measure.parasubordinate.it: Parasubordinato
-- measure.parasubordinate.en: Quasi-subordinate
-- measure.other.it: Altro
-- measure.other.en: Other
-- materialize: table

WITH leaves AS (
  SELECT district, quarter, contract_group,
         CASE WHEN grouping(sector) = 0 THEN sector ELSE '_T' END AS sector,
         sum(starts) AS starts
  FROM marts.job_changes
  GROUP BY GROUPING SETS ((district, quarter, contract_group), (district, quarter, contract_group, sector))
), dated AS (
  -- relationships are counted, not persons: a year is the sum of its quarters
  SELECT district, 'quarter' AS period_type, year(quarter) || '-Q' || quarter(quarter) AS period, contract_group, sector, starts
  FROM leaves
  UNION ALL
  SELECT district, 'year', CAST(year(quarter) AS VARCHAR), contract_group, sector, starts
  FROM leaves
), counted AS (
  SELECT g.geo, d.period_type, d.period, d.contract_group, d.sector, sum(d.starts) AS starts
  FROM dated d
  JOIN marts.geo_paths g ON g.leaf = d.district
  GROUP BY g.geo, d.period_type, d.period, d.contract_group, d.sector
), totals AS (
  SELECT geo, period_type, period, sector, sum(starts) AS starts
  FROM counted
  GROUP BY geo, period_type, period, sector
), groups AS (
  -- groups that never qualify, such as traineeships, are no cells of this view
  SELECT contract_group FROM reference.contracts WHERE qualifying
  UNION
  SELECT 'agency' AS contract_group
), measures AS (
  SELECT k.code AS measure
  FROM reference.codes k
  JOIN groups g ON g.contract_group = k.code
  WHERE k.list = 'contract_group'
), requested AS (
  SELECT c.geo_level, c.geo, p.period_type, p.period, p.provisional, c.sector, m.measure
  FROM marts.cells c
  JOIN marts.covered_periods p ON p.contract = 'placements' AND p.period_type = c.period_type
  CROSS JOIN measures m
  WHERE c.breakdown IN ('_T', 'sector')
)
SELECT r.geo_level, r.geo, r.period_type, r.period, r.sector, r.measure,
       CAST(coalesce(c.starts, 0) AS DOUBLE) AS numerator, CAST(coalesce(t.starts, 0) AS DOUBLE) AS denominator,
       CAST(NULL AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN b.list IS NOT NULL THEN 'B' WHEN r.provisional THEN 'P' END AS obs_status,
       CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS note_ids
FROM requested r
LEFT JOIN totals t
  ON t.geo = r.geo AND t.period_type = r.period_type AND t.period = r.period AND t.sector = r.sector
LEFT JOIN counted c
  ON c.geo = r.geo AND c.period_type = r.period_type AND c.period = r.period AND c.sector = r.sector
 AND c.contract_group = r.measure
LEFT JOIN marts.series_breaks b
  ON b.list = 'sector' AND r.sector <> '_T' AND b.period_type = r.period_type AND b.period = r.period
