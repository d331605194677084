-- title.it: Durata dei rapporti finiti
-- title.en: Length of the relationships that ended
-- description.it: Che parte dei rapporti di lavoro finiti nel periodo era durata da un giorno a oltre un anno, per territorio della sede di lavoro e gruppo di contratto.
-- description.en: What share of the work relationships that ended in the period had lasted from one day to more than a year, by territory of the workplace and contract group.
-- universe.it: Rapporti di lavoro subordinato, apprendistato, collaborazione coordinata e continuativa e missioni in somministrazione con sede di lavoro nella regione, finiti nel periodo. Si contano rapporti, non persone.
-- universe.en: Employment, apprenticeship, coordinated continuous collaboration and agency missions with a workplace in the region, ended in the period. Relationships are counted, not persons.
-- numerator.it: Rapporti finiti nel periodo la cui durata, dal primo all'ultimo giorno compresi, è nella classe.
-- numerator.en: Relationships ended in the period whose length, from the first to the last day inclusive, lies in the class.
-- denominator.it: Tutti i rapporti finiti nel periodo.
-- denominator.en: All relationships that ended in the period.
-- source.it: Elaborazioni dell'osservatorio su comunicazioni obbligatorie (UNILAV, UNISOMM, UNIURG, VARDATORI)
-- source.en: Computed by the observatory from compulsory communications of employment (UNILAV, UNISOMM, UNIURG, VARDATORI)
-- caveat.it.1: Il territorio è quello della sede di lavoro, non del domicilio: questi numeri non vanno divisi per quelli delle persone iscritte.
-- caveat.en.1: The territory is that of the workplace, not of domicile: these numbers must not be divided by those of registered persons.
-- caveat.it.2: Sono le durate di ciò che è finito: i rapporti ancora in corso, che durano di più, non ci sono. Non è la durata media di un rapporto che comincia.
-- caveat.en.2: These are the lengths of what ended: relationships still running, which last longer, are not among them. It is not the average length of a relationship that begins.
-- caveat.it.3: Proroghe e cambi di datore fanno parte dello stesso rapporto; due rapporti con lo stesso datore, uno dopo l'altro, sono due.
-- caveat.en.3: Extensions and changes of employer are part of the same relationship; two relationships with one employer, one after the other, are two.
-- caveat.it.4: Una fine prevista e non smentita conta come fine. I periodi più recenti sono provvisori finché possono arrivare comunicazioni tardive.
-- caveat.en.4: A planned end that nothing contradicts counts as an end. The latest periods are provisional as long as late communications may arrive.
-- protection: personal
-- kind: rate
-- unit: percent
-- definition: contract_durations@2
-- method: contract_durations
-- grain: geo_level, geo, period_type, period, contract_group, measure
-- breakdowns: contract_group
-- rules: employer_shares
-- shares: contract_durations_contributions
-- population: relationships_ended
-- answers: d1 | d2_7 | d8_30 | d31_90 | d91_180 | d181_365 | gt365 = all
-- measure.d1.it: 1 giorno
-- measure.d1.en: 1 day
-- measure.d2_7.it: Da 2 a 7 giorni
-- measure.d2_7.en: 2 to 7 days
-- measure.d8_30.it: Da 8 a 30 giorni
-- measure.d8_30.en: 8 to 30 days
-- measure.d31_90.it: Da 31 a 90 giorni
-- measure.d31_90.en: 31 to 90 days
-- measure.d91_180.it: Da 91 a 180 giorni
-- measure.d91_180.en: 91 to 180 days
-- measure.d181_365.it: Da 181 a 365 giorni
-- measure.d181_365.en: 181 to 365 days
-- measure.gt365.it: Oltre 365 giorni
-- measure.gt365.en: Over 365 days
-- materialize: table

WITH bounds AS (
  -- from and to, in days after the start
  SELECT measure, from_day, to_day
  FROM (VALUES ('d1', 0, 0), ('d2_7', 1, 6), ('d8_30', 7, 29), ('d31_90', 30, 89), ('d91_180', 90, 179), ('d181_365', 180, 364), ('gt365', 365, 1000000)) b (measure, from_day, to_day)
), days AS (
  SELECT b.from_day, CAST(unnest(generate_series(b.from_day, least(b.to_day, 365))) AS INTEGER) AS day
  FROM bounds b
), counted_by_class AS (
  -- named once they are counted
  SELECT ((CAST(j.district_no AS BIGINT) * 100000 + (12 * year(j.end_on) + month(j.end_on) - 1) // 3) * 1000 + j.contract_group_no) * 1000 + d.from_day AS leaf, count(*) AS jobs
  FROM marts.jobs j
  JOIN days d ON d.day = least(j.end_on - j.start_on, 365)
  GROUP BY leaf
), ended AS (
  SELECT d.code AS district, e.leaf // 1000000 % 100000 + 1 AS quarter, c.code AS contract_group, b.measure, e.jobs
  FROM counted_by_class e
  JOIN marts.code_numbers d ON d.list = 'geo' AND d.number = e.leaf // 100000000000
  LEFT JOIN marts.code_numbers c ON c.list = 'contract_group' AND c.number = e.leaf // 1000 % 1000
  JOIN bounds b ON b.from_day = e.leaf % 1000
), dated AS (
  -- relationships are counted, not persons: a year is the sum of its quarters
  SELECT district, 'quarter' AS period_type, (quarter - 1) // 4 || '-Q' || ((quarter - 1) % 4 + 1) AS period, contract_group, measure, jobs
  FROM ended
  UNION ALL
  SELECT district, 'year', CAST((quarter - 1) // 4 AS VARCHAR), contract_group, measure, jobs
  FROM ended
), counted AS (
  SELECT g.geo, d.period_type, d.period,
         CASE WHEN grouping(d.contract_group) = 0 THEN d.contract_group ELSE '_T' END AS contract_group,
         d.measure, sum(d.jobs) AS jobs
  FROM dated d
  JOIN marts.geo_paths g ON g.leaf = d.district
  GROUP BY GROUPING SETS ((g.geo, d.period_type, d.period, d.measure), (g.geo, d.period_type, d.period, d.contract_group, d.measure))
), totals AS (
  SELECT geo, period_type, period, contract_group, sum(jobs) AS jobs
  FROM counted
  GROUP BY geo, period_type, period, contract_group
), groups AS (
  -- groups that never qualify, such as traineeships, are no cells of this view
  SELECT contract_group FROM reference.contracts WHERE qualifying
  UNION
  SELECT 'agency' AS contract_group
), requested AS (
  -- what ended is not open
  SELECT c.geo_level, c.geo, p.period_type, p.period, p.provisional, c.contract_group, k.code AS measure
  FROM marts.cells c
  JOIN marts.covered_periods p ON p.contract = 'placements' AND p.period_type = c.period_type
  JOIN reference.codes k ON k.list = 'duration_class' AND k.code <> 'open'
  WHERE c.breakdown = '_T'
     OR (c.breakdown = 'contract_group' AND c.contract_group IN (SELECT contract_group FROM groups))
)
SELECT r.geo_level, r.geo, r.period_type, r.period, r.contract_group, r.measure,
       CAST(coalesce(c.jobs, 0) AS DOUBLE) AS numerator, CAST(coalesce(t.jobs, 0) AS DOUBLE) AS denominator,
       CAST(NULL AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN r.provisional THEN 'P' END AS obs_status, CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS note_ids
FROM requested r
LEFT JOIN totals t
  ON t.geo = r.geo AND t.period_type = r.period_type AND t.period = r.period AND t.contract_group = r.contract_group
LEFT JOIN counted c
  ON c.geo = r.geo AND c.period_type = r.period_type AND c.period = r.period AND c.contract_group = r.contract_group
 AND c.measure = r.measure
