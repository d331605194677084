-- title.it: Domanda e offerta di lavoro per professione
-- title.en: Labour demand and supply by occupation
-- description.it: Posti offerti e avviamenti del periodo e persone che cercano lavoro l'ultimo giorno, per gruppo di professione.
-- description.en: Positions offered and starts of the period and persons seeking work on its last day, by group of occupations.
-- universe.it: Posti delle offerte pubblicate e rapporti di lavoro cominciati nel periodo con sede nella regione; persone domiciliate nella regione la cui ultima iscrizione è aperta l'ultimo giorno del periodo.
-- universe.en: Positions of the vacancies published and work relationships begun in the period with a workplace in the region; persons domiciled in the region whose latest registration is open on the last day of the period.
-- source.it: Elaborazioni dell'osservatorio su offerte di lavoro, comunicazioni obbligatorie e iscrizioni
-- source.en: Computed by the observatory from vacancies, compulsory communications of employment and registrations
-- caveat.it.1: Sono due geografie: posti e avviamenti stanno dove è la sede di lavoro, le persone dove abitano. Più il territorio è piccolo, più le due si staccano, perché si va a lavorare altrove.
-- caveat.en.1: These are two geographies: positions and starts are where the workplace is, persons where they live. The smaller the territory, the further the two part, because people work elsewhere.
-- caveat.it.2: Le offerte sono solo quelle che passano dai servizi per il lavoro: una piccola parte di chi assume.
-- caveat.en.2: Vacancies are only those that go through the employment services: a small part of those who hire.
-- caveat.it.3: La professione di chi cerca è quella dell'ultimo lavoro cominciato prima dell'iscrizione, non quella che cerca; chi non ha un lavoro noto è in «non disponibile».
-- caveat.en.3: The occupation of a jobseeker is that of the last job begun before the registration, not the one sought; those without a known job are in “not available”.
-- caveat.it.4: Un'iscrizione che nessuno chiude resta aperta: il numero di chi cerca è più alto di quello delle persone che cercano davvero.
-- caveat.en.4: A registration that nobody closes stays open: the number of jobseekers is higher than that of persons who really seek.
-- caveat.it.5: Dal 2 aprile 2025 le professioni vengono dalla CP2021: le serie per professione hanno lì un'interruzione. I periodi più recenti sono provvisori.
-- caveat.en.5: From 2 April 2025 occupations come from CP2021: series by occupation break there. The latest periods are provisional.
-- protection: personal
-- kind: count
-- unit: number
-- definition: demand@2
-- method: demand
-- grain: geo_level, geo, period_type, period, occupation, measure
-- breakdowns: occupation
-- rules: employers
-- shares: demand_contributions
-- population.vacancies: vacancies
-- population.starts: relationships_begun
-- population.seekers: jobseekers
-- time.seekers: stock
-- measure.vacancies.it: Posti offerti
-- measure.vacancies.en: Positions offered
-- measure.vacancies.unit: positions
-- measure.starts.it: Avviamenti
-- measure.starts.en: Starts
-- measure.starts.unit: relationships
-- measure.seekers.it: Persone in cerca l'ultimo giorno
-- measure.seekers.en: Jobseekers on the last day
-- measure.seekers.unit: persons
-- materialize: table

WITH great_groups AS (
  SELECT DISTINCT code FROM reference.occupations
), offered AS (
  SELECT m.geo AS district, CAST(date_trunc('quarter', v.opened_on) AS DATE) AS quarter,
         coalesce(o.code, 'nd') AS occupation, sum(v.positions) AS number
  FROM staging.vacancies v
  JOIN reference.comuni m ON m.comune = v.comune
  LEFT JOIN great_groups o ON o.code = left(v.occupation, 1)
  WHERE m.geo IS NOT NULL
  GROUP BY ALL
), by_quarter AS (
  SELECT 'vacancies' AS measure, district, quarter, occupation, number FROM offered
  UNION ALL
  SELECT 'starts', district, quarter, occupation, starts FROM marts.job_changes
  UNION ALL
  SELECT 'seekers', district, quarter, occupation, change FROM marts.seeker_changes
), leaves AS (
  SELECT measure, district, quarter,
         CASE WHEN grouping(occupation) = 0 THEN occupation ELSE '_T' END AS occupation,
         sum(number) AS number
  FROM by_quarter
  GROUP BY GROUPING SETS ((measure, district, quarter), (measure, district, quarter, occupation))
), placed AS (
  SELECT l.measure, g.geo, l.quarter, l.occupation, sum(l.number) AS number
  FROM leaves l
  JOIN marts.geo_paths g ON g.leaf = l.district
  GROUP BY l.measure, g.geo, l.quarter, l.occupation
), opened AS (
  -- what happens in a period: a year is the sum of its quarters
  SELECT measure, geo, 'quarter' AS period_type, year(quarter) || '-Q' || quarter(quarter) AS period, occupation, number
  FROM placed
  WHERE measure <> 'seekers'
  UNION ALL
  SELECT measure, geo, 'year', CAST(year(quarter) AS VARCHAR), occupation, sum(number)
  FROM placed
  WHERE measure <> 'seekers'
  GROUP BY measure, geo, year(quarter), occupation
), seeking AS (
  -- who seeks at the end of a quarter: the sum of all changes so far
  SELECT geo, quarter, occupation, sum(number) OVER (PARTITION BY geo, occupation ORDER BY quarter) AS number
  FROM placed
  WHERE measure = 'seekers'
), shown AS (
  SELECT CASE contract WHEN 'vacancies' THEN 'vacancies' ELSE 'starts' END AS measure, period_type, period, last_quarter, provisional
  FROM marts.covered_periods
  WHERE contract IN ('vacancies', 'placements')
  UNION ALL
  -- communications tell the occupation of the last job, so both must cover the day
  SELECT 'seekers', p.period_type, p.period, CAST(date_trunc('quarter', p.last_day) AS DATE), bool_or(p.last_day > c.settled_to)
  FROM marts.periods p
  JOIN marts.completeness c
    ON c.contract IN ('registrations', 'placements') AND p.last_day BETWEEN c.complete_from AND c.complete_to
  GROUP BY p.period_type, p.period, p.last_day
  HAVING count(*) = 2
), requested AS (
  SELECT c.geo_level, c.geo, s.period_type, s.period, s.last_quarter, s.provisional, c.occupation, s.measure
  FROM marts.cells c
  JOIN shown s ON s.period_type = c.period_type
  WHERE c.breakdown IN ('_T', 'occupation')
), filled AS (
  SELECT r.geo_level, r.geo, r.period_type, r.period, r.provisional, r.occupation, r.measure,
         CASE r.measure WHEN 'seekers' THEN s.number ELSE o.number END AS number
  FROM requested r
  LEFT JOIN opened o
    ON o.measure = r.measure AND o.geo = r.geo AND o.period_type = r.period_type AND o.period = r.period
   AND o.occupation = r.occupation
  ASOF LEFT JOIN seeking s ON s.geo = r.geo AND s.occupation = r.occupation AND r.last_quarter >= s.quarter
)
SELECT f.geo_level, f.geo, f.period_type, f.period, f.occupation, f.measure,
       CAST(NULL AS DOUBLE) AS numerator, CAST(NULL AS DOUBLE) AS denominator,
       CAST(coalesce(f.number, 0) AS DOUBLE) AS value,
       CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN b.list IS NOT NULL THEN 'B' WHEN f.provisional THEN 'P' END AS obs_status,
       CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS note_ids
FROM filled f
LEFT JOIN marts.series_breaks b
  ON b.list = 'occupation' AND f.occupation <> '_T' AND b.period_type = f.period_type AND b.period = f.period
