-- title.it: Prese in carico del Programma GOL
-- title.en: Persons taken in charge by the GOL programme
-- description.it: Prese in carico dall'avvio del Programma, per anno e per percorso, e individui raggiunti, alla data di riferimento.
-- description.en: Takings in charge since the start of the programme, by year and by path, and individuals reached, at the reference date.
-- grain: geo_level, geo, period_type, period, entry_year, path, measure
-- protection: open
-- kind: observation
-- unit: events
-- definition: gol_taken_in_charge@1
-- method: gol_taken_in_charge
-- universe.it: Persone prese in carico dal Programma GOL, dall'avvio alla data di riferimento
-- universe.en: Persons taken in charge by the GOL programme, from its start to the reference date
-- breakdowns: entry_year, path
-- source.it: INAPP e Ministero del lavoro, monitoraggio del Programma GOL, tavole 1.1 e 1.2
-- source.en: INAPP and Ministry of Labour, monitoring of the GOL programme, tables 1.1 and 1.2
-- caveat.it.1: Cifre cumulate dall'avvio del Programma: la differenza tra due date non è un flusso esatto, perché ogni edizione rivede anche gli anni passati.
-- caveat.en.1: Figures are cumulated since the start of the programme: the difference between two dates is no exact flow, as each edition revises past years too.
-- caveat.it.2: Una persona può essere presa in carico più volte: le prese in carico sono eventi, gli individui sono persone.
-- caveat.en.2: A person may be taken in charge more than once: takings in charge are events, individuals are persons.
-- caveat.it.3: La presa in carico è attribuita alla regione dell'ultima presa in carico; le tavole del 30/6/2024 seguivano un'altra regola.
-- caveat.en.3: A person belongs to the region of the latest taking in charge; the tables of 30/6/2024 followed another rule.
-- measure.individuals.it: Individui raggiunti
-- measure.individuals.en: Individuals reached
-- measure.individuals.unit: persons
-- measure.taken_in_charge.it: Prese in carico
-- measure.taken_in_charge.en: Takings in charge
-- measure.taken_in_charge.unit: events
-- measure.path_share.it: Quota del percorso sulle prese in carico
-- measure.path_share.en: Share of the path in takings in charge
-- measure.path_share.unit: percent
-- measure.last_year_share.it: Quota dell'ultimo anno sulle prese in carico
-- measure.last_year_share.en: Share of the latest year in takings in charge
-- measure.last_year_share.unit: percent

WITH figures AS (
  SELECT * FROM marts.official_figures WHERE dataset IN ('gol_1_1', 'gol_1_2')
), totals AS (
  SELECT geo, period,
         max(value) FILTER (entry_year = '_T') AS everyone,
         max_by(value, entry_year) FILTER (entry_year <> '_T') AS last_year
  FROM figures WHERE indicator = 'taken_in_charge' AND path = '_T'
  GROUP BY geo, period
), paths AS (
  SELECT geo, period, path, value AS in_path FROM figures WHERE indicator = 'taken_in_charge' AND path <> '_T'
)
SELECT f.geo_level, f.geo, f.period_type, f.period, f.entry_year, f.path, f.indicator AS measure,
       CASE WHEN f.value IS NULL THEN NULL
            WHEN f.indicator = 'path_share' THEN p.in_path
            WHEN f.indicator = 'last_year_share' THEN t.last_year END AS numerator,
       CASE WHEN f.value IS NOT NULL AND f.indicator IN ('path_share', 'last_year_share') THEN t.everyone END AS denominator,
       f.value,
       CAST(NULL AS DOUBLE) AS low,
       CAST(NULL AS DOUBLE) AS high,
       f.obs_status, f.reason, f.note_ids
FROM figures f
LEFT JOIN totals t ON t.geo = f.geo AND t.period = f.period
LEFT JOIN paths p ON p.geo = f.geo AND p.period = f.period AND p.path = f.path
