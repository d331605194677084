-- title.it: Presi in carico GOL e obiettivi
-- title.en: Taken in charge by GOL and targets
-- description.it: Presi in carico alla data di riferimento, obiettivi del PNRR e nazionali e tasso di conseguimento: per regione nel 2022 e nel 2023, per l'Italia anche rispetto ai 3 milioni del 2025.
-- description.en: Taken in charge at the reference date, targets of the recovery plan and of the nation, and rate of achievement: by region in 2022 and 2023, for Italy also against the 3 millions of 2025.
-- grain: geo_level, geo, period_type, period, measure
-- protection: open
-- kind: observation
-- unit: persons
-- definition: gol_targets@1
-- method: gol_targets
-- universe.it: Persone prese in carico dal Programma GOL, dall'avvio alla data di riferimento
-- universe.en: Persons taken in charge by the GOL programme, from its start to the reference date
-- numerator.it: Presi in carico
-- numerator.en: Taken in charge
-- denominator.it: Obiettivo
-- denominator.en: Target
-- breakdowns:
-- source.it: ANPAL, note di monitoraggio del Programma GOL 2022–2023; INAPP, tavola 1.1; obiettivo 2025: PNRR M5C1-3
-- source.en: ANPAL, monitoring notes of the GOL programme 2022–2023; INAPP, table 1.1; target 2025: recovery plan M5C1-3
-- caveat.it.1: Gli obiettivi cambiano da un anno all'altro: 300.000 (PNRR) e 600.000 (nazionale) nel 2022, un milione nel solo 2023, 1,6 milioni nel biennio. I tassi di anni diversi non si confrontano.
-- caveat.en.1: Targets change from year to year: 300,000 (recovery plan) and 600,000 (national) in 2022, one million in 2023 alone, 1.6 millions in both years. Rates of different years must not be compared.
-- caveat.it.2: Dopo il 2023 le note non pubblicano più obiettivi per regione. Il confronto con i 3 milioni del 2025 è solo nazionale ed è calcolato qui.
-- caveat.en.2: After 2023 the notes publish no targets by region. The comparison with the 3 millions of 2025 is national only and worked out here.
-- caveat.it.3: Fino al 2023 si contano i presi in carico, dal 2024 gli individui raggiunti, per regione dell'ultima presa in carico: le due serie non si uniscono.
-- caveat.en.3: Until 2023 persons taken in charge are counted, from 2024 individuals reached, by region of the latest taking in charge: the two series do not join.
-- caveat.it.4: L'obiettivo PNRR chiede anche che almeno il 75 % dei beneficiari siano donne, disoccupati da lungo tempo, persone con disabilità, sotto i 30 o sopra i 55 anni: queste tavole non lo dicono.
-- caveat.en.4: The target also asks that at least 75 % of the beneficiaries be women, long-term unemployed, persons with disabilities, under 30 or over 55: these tables do not tell.
-- measure.taken_in_charge.it: Presi in carico
-- measure.taken_in_charge.en: Taken in charge
-- measure.taken_in_charge.unit: persons
-- measure.share_of_italy.it: Quota sul totale nazionale
-- measure.share_of_italy.en: Share of the national total
-- measure.share_of_italy.unit: percent
-- measure.target_pnrr_2022.it: Obiettivo PNRR 2022
-- measure.target_pnrr_2022.en: Recovery plan target 2022
-- measure.target_pnrr_2022.unit: persons
-- measure.rate_pnrr_2022.it: Conseguimento dell'obiettivo PNRR 2022
-- measure.rate_pnrr_2022.en: Achievement of the recovery plan target 2022
-- measure.rate_pnrr_2022.unit: percent
-- measure.target_national_2022.it: Obiettivo nazionale 2022
-- measure.target_national_2022.en: National target 2022
-- measure.target_national_2022.unit: persons
-- measure.rate_national_2022.it: Conseguimento dell'obiettivo nazionale 2022
-- measure.rate_national_2022.en: Achievement of the national target 2022
-- measure.rate_national_2022.unit: percent
-- measure.taken_in_charge_2023.it: Presi in carico nel 2023
-- measure.taken_in_charge_2023.en: Taken in charge in 2023
-- measure.taken_in_charge_2023.unit: persons
-- measure.taken_in_charge_last_month.it: Presi in carico nell'ultimo mese
-- measure.taken_in_charge_last_month.en: Taken in charge in the latest month
-- measure.taken_in_charge_last_month.unit: persons
-- measure.monthly_growth.it: Crescita mensile dei presi in carico
-- measure.monthly_growth.en: Monthly growth of those taken in charge
-- measure.monthly_growth.unit: percent
-- measure.share_2023.it: Quota del 2023 sui presi in carico
-- measure.share_2023.en: Share of 2023 in those taken in charge
-- measure.share_2023.unit: percent
-- measure.target_2023.it: Obiettivo nazionale 2023
-- measure.target_2023.en: National target 2023
-- measure.target_2023.unit: persons
-- measure.rate_2023.it: Conseguimento dell'obiettivo 2023
-- measure.rate_2023.en: Achievement of the target 2023
-- measure.rate_2023.unit: percent
-- measure.target_2022_2023.it: Obiettivo cumulato 2022–2023
-- measure.target_2022_2023.en: Cumulated target 2022–2023
-- measure.target_2022_2023.unit: persons
-- measure.rate_2022_2023.it: Conseguimento dell'obiettivo cumulato 2022–2023
-- measure.rate_2022_2023.en: Achievement of the cumulated target 2022–2023
-- measure.rate_2022_2023.unit: percent
-- measure.individuals.it: Individui raggiunti
-- measure.individuals.en: Individuals reached
-- measure.individuals.unit: persons
-- measure.target_pnrr_2025.it: Obiettivo PNRR 2025
-- measure.target_pnrr_2025.en: Recovery plan target 2025
-- measure.target_pnrr_2025.unit: persons
-- measure.rate_pnrr_2025.it: Conseguimento dell'obiettivo PNRR 2025
-- measure.rate_pnrr_2025.en: Achievement of the recovery plan target 2025
-- measure.rate_pnrr_2025.unit: percent

-- Tables 1.1 and 1.2 of 2023 print the same taken in charge; the first is read.
WITH figures AS (
  SELECT * FROM marts.official_figures WHERE starts_with(dataset, 'gol_a2_')
  QUALIFY row_number() OVER (PARTITION BY indicator, geo, period ORDER BY dataset) = 1
), counts AS (
  SELECT geo, period,
         max(value) FILTER (indicator = 'taken_in_charge') AS taken,
         max(value) FILTER (indicator = 'taken_in_charge_2023') AS taken_2023,
         max(value) FILTER (indicator = 'taken_in_charge_last_month') AS taken_month,
         max(value) FILTER (indicator = 'target_pnrr_2022') AS pnrr_2022,
         max(value) FILTER (indicator = 'target_national_2022') AS national_2022,
         max(value) FILTER (indicator = 'target_2023') AS target_2023,
         max(value) FILTER (indicator = 'target_2022_2023') AS target_2022_2023
  FROM figures
  GROUP BY geo, period
), italy AS (
  SELECT c.period, c.taken FROM counts c JOIN reference.geo g ON g.code = c.geo WHERE g.level = 'country'
), asked AS (
  -- Every region at every date of a table: what it leaves out is said, not skipped.
  SELECT g.level AS geo_level, g.code AS geo, p.period_type, p.period, p.indicator
  FROM reference.geo g
  CROSS JOIN (SELECT DISTINCT period_type, period, indicator FROM figures) p
  WHERE g.level IN ('country', 'region')
), regional AS (
  SELECT a.geo_level, a.geo, a.period_type, a.period, a.indicator AS measure,
         CASE a.indicator
           WHEN 'share_of_italy' THEN c.taken
           WHEN 'rate_pnrr_2022' THEN c.taken
           WHEN 'rate_national_2022' THEN c.taken
           WHEN 'monthly_growth' THEN c.taken_month
           WHEN 'share_2023' THEN c.taken_2023
           WHEN 'rate_2023' THEN c.taken_2023
           WHEN 'rate_2022_2023' THEN c.taken
         END AS numerator,
         CASE a.indicator
           WHEN 'share_of_italy' THEN i.taken
           WHEN 'rate_pnrr_2022' THEN c.pnrr_2022
           WHEN 'rate_national_2022' THEN c.national_2022
           WHEN 'monthly_growth' THEN c.taken - c.taken_month
           WHEN 'share_2023' THEN c.taken
           WHEN 'rate_2023' THEN c.target_2023
           WHEN 'rate_2022_2023' THEN c.target_2022_2023
         END AS denominator,
         f.value,
         coalesce(f.obs_status, 'O') AS obs_status,
         CASE WHEN f.obs_status IS NULL THEN 'not_published' ELSE f.reason END AS reason,
         CASE WHEN f.obs_status IS NULL THEN 'cell_not_in_source' ELSE f.note_ids END AS note_ids
  FROM asked a
  LEFT JOIN figures f ON f.geo = a.geo AND f.period = a.period AND f.indicator = a.indicator
  LEFT JOIN counts c ON c.geo = a.geo AND c.period = a.period
  LEFT JOIN italy i ON i.period = a.period
), reached AS (
  SELECT f.geo_level, f.geo, f.period_type, f.period, f.value, f.obs_status, f.reason, f.note_ids, t.value AS target
  FROM marts.official_figures f
  JOIN reference.targets t ON t.target = 'gol_beneficiaries' AND t.geo = f.geo AND t.due_on = DATE '2025-12-31'
  WHERE f.dataset = 'gol_1_1' AND f.indicator = 'individuals'
), national AS (
  SELECT geo_level, geo, period_type, period, 'individuals' AS measure,
         CAST(NULL AS DOUBLE) AS numerator, CAST(NULL AS DOUBLE) AS denominator, value, obs_status, reason, note_ids
  FROM reached
  UNION ALL
  SELECT geo_level, geo, period_type, period, 'target_pnrr_2025', NULL, NULL, target, 'A', NULL, 'target_secondary_source'
  FROM reached
  UNION ALL
  SELECT geo_level, geo, period_type, period, 'rate_pnrr_2025', value, CASE WHEN value IS NOT NULL THEN target END,
         100 * value / nullif(target, 0), obs_status, reason,
         concat_ws('|', note_ids, 'computed_here', 'target_secondary_source')
  FROM reached
)
SELECT geo_level, geo, period_type, period, measure,
       CASE WHEN value IS NOT NULL THEN numerator END AS numerator,
       CASE WHEN value IS NOT NULL THEN denominator END AS denominator,
       value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high, obs_status, reason, note_ids
FROM (SELECT * FROM regional UNION ALL SELECT * FROM national)
