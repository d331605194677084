-- title.it: Attivazioni, cessazioni e trasformazioni di rapporti di lavoro
-- title.en: Starts, ends and transformations of work relationships
-- description.it: Quanti rapporti di lavoro sono iniziati, finiti e diventati a tempo indeterminato nel mese, nel trimestre o nell'anno, e il saldo, per territorio della sede di lavoro, gruppo di contratto, settore e professione.
-- description.en: How many work relationships started, ended and became open-ended in the month, quarter or year, and the balance, by territory of the workplace, contract group, sector and occupation.
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
-- caveat.it.4: Serie grezza, non corretta per la stagionalità: un mese o un trimestre si confronta con lo stesso dell'anno prima. I periodi più recenti sono provvisori finché possono arrivare comunicazioni tardive.
-- caveat.en.4: Raw series, not seasonally adjusted: a month or a quarter is compared with the same one of the year before. The latest periods are provisional as long as late communications may arrive.
-- caveat.it.5: La formula è dell'osservatorio e può dare numeri diversi da quelli di altre fonti, che trattano diversamente le date di fine.
-- caveat.en.5: The formula is the observatory's own and may give other numbers than sources that treat end dates differently.
-- caveat.it.6: Gruppo di contratto, settore e professione sono quelli dell'avviamento, anche per chi finisce o si trasforma: il saldo per gruppo di contratto non tiene conto delle trasformazioni, contate a parte.
-- caveat.en.6: Contract group, sector and occupation are those of the start, also for what ends or is transformed: the balance by contract group leaves out transformations, which are counted beside it.
-- caveat.it.7: Dal 1° aprile 2025 i settori vengono dall'ATECO 2025 e dal 2 aprile 2025 le professioni dalla CP2021: i gruppi pubblicati sono gli stessi, ma le serie hanno lì un'interruzione.
-- caveat.en.7: From 1 April 2025 sectors come from ATECO 2025 and from 2 April 2025 occupations from CP2021: the groups published are the same, but series break there.
-- caveat.it.8: Il lavoro in un comune diviso fra più territori non è in nessun totale: la comunicazione dice il comune e non il territorio. I casi sono contati fra i dati sulla qualità.
-- caveat.en.8: Work in a comune that several territories share is in no total: the communication tells the comune and not the territory. The cases are counted among the data on quality.
-- protection: personal
-- kind: count
-- unit: relationships
-- definition: flows@3
-- method: flows
-- grain: geo_level, geo, period_type, period, contract_group, sector, occupation, measure
-- periods: month, quarter, year
-- breakdowns: contract_group, sector, occupation
-- rules: employers
-- shares: flows_contributions
-- population.starts: relationships_begun
-- population.ends: relationships_ended
-- population.transformations: relationships_transformed
-- population.balance: -
-- measure.starts.it: Attivazioni
-- measure.starts.en: Starts
-- measure.ends.it: Cessazioni
-- measure.ends.en: Ends
-- measure.transformations.it: Trasformazioni a tempo indeterminato
-- measure.transformations.en: Transformations to open-ended
-- measure.balance.it: Saldo
-- measure.balance.en: Balance
-- derived: balance = starts - ends
-- materialize: table

WITH leaves AS (
  SELECT district, quarter,
         CASE WHEN grouping(contract_group) = 0 THEN contract_group ELSE '_T' END AS contract_group,
         CASE WHEN grouping(sector) = 0 THEN sector ELSE '_T' END AS sector,
         CASE WHEN grouping(occupation) = 0 THEN occupation ELSE '_T' END AS occupation,
         sum(starts) AS starts, sum(ends) AS ends, sum(transformations) AS transformations
  FROM marts.job_changes
  GROUP BY GROUPING SETS ((district, quarter), (district, quarter, contract_group), (district, quarter, sector), (district, quarter, occupation))
), dated AS (
  -- relationships are counted, not persons: periods add up
  SELECT district, 'quarter' AS period_type, year(quarter) || '-Q' || quarter(quarter) AS period,
         contract_group, sector, occupation, starts, ends, transformations
  FROM leaves
  UNION ALL
  SELECT district, 'year', CAST(year(quarter) AS VARCHAR), contract_group, sector, occupation, starts, ends, transformations
  FROM leaves
  UNION ALL
  -- of months the plan asks for totals alone
  SELECT district, 'month', strftime(month, '%Y-%m'), '_T', '_T', '_T', starts, ends, transformations
  FROM marts.job_months
), counted AS (
  SELECT g.geo, d.period_type, d.period, d.contract_group, d.sector, d.occupation,
         sum(d.starts) AS starts, sum(d.ends) AS ends, sum(d.transformations) AS transformations
  FROM dated d
  JOIN marts.geo_paths g ON g.leaf = d.district
  GROUP BY g.geo, d.period_type, d.period, d.contract_group, d.sector, d.occupation
), groups AS (
  -- groups that never qualify, such as traineeships, are no cells of this view
  SELECT contract_group FROM reference.contracts WHERE qualifying
  UNION
  SELECT 'agency' AS contract_group
), shown AS (
  SELECT period_type, period, provisional FROM marts.covered_periods WHERE contract = 'placements'
  UNION ALL
  SELECT period_type, period, provisional FROM marts.covered_months WHERE contract = 'placements'
), requested AS (
  SELECT c.geo_level, c.geo, p.period_type, p.period, p.provisional, c.contract_group, c.sector, c.occupation
  FROM marts.cells c
  JOIN shown p ON p.period_type = c.period_type
  WHERE c.breakdown = '_T'
     OR (p.period_type <> 'month' AND (c.breakdown IN ('sector', 'occupation')
         OR (c.breakdown = 'contract_group' AND c.contract_group IN (SELECT contract_group FROM groups))))
), filled AS (
  SELECT r.geo_level, r.geo, r.period_type, r.period, r.contract_group, r.sector, r.occupation,
         CASE WHEN b.list IS NOT NULL THEN 'B' WHEN r.provisional THEN 'P' END AS obs_status,
         CAST(coalesce(c.starts, 0) AS DOUBLE) AS starts, CAST(coalesce(c.ends, 0) AS DOUBLE) AS ends,
         CAST(coalesce(c.transformations, 0) AS DOUBLE) AS transformations
  FROM requested r
  LEFT JOIN counted c
    ON c.geo = r.geo AND c.period_type = r.period_type AND c.period = r.period
   AND c.contract_group = r.contract_group AND c.sector = r.sector AND c.occupation = r.occupation
  LEFT JOIN marts.series_breaks b
    ON b.period_type = r.period_type AND b.period = r.period
   AND b.list = CASE WHEN r.sector <> '_T' THEN 'sector' WHEN r.occupation <> '_T' THEN 'occupation' END
), measures (measure) AS (
  VALUES ('starts'), ('ends'), ('transformations'), ('balance')
)
SELECT f.geo_level, f.geo, f.period_type, f.period, f.contract_group, f.sector, f.occupation, m.measure,
       CAST(NULL AS DOUBLE) AS numerator, CAST(NULL AS DOUBLE) AS denominator,
       CASE m.measure WHEN 'starts' THEN f.starts WHEN 'ends' THEN f.ends WHEN 'transformations' THEN f.transformations
                      ELSE f.starts - f.ends END AS value,
       CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       f.obs_status, CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS note_ids
FROM filled f
CROSS JOIN measures m
