-- title.it: Occupati alla data di riferimento dopo la presa in carico GOL
-- title.en: Employed at the reference date after taking in charge by GOL
-- description.it: Individui presi in carico che hanno un rapporto di lavoro alla data di riferimento, cominciato dopo la presa in carico (nuovi occupati) o prima, per regione e, per l'Italia, per percorso.
-- description.en: Individuals taken in charge who hold a job at the reference date, begun after taking in charge (new employed) or before, by region and, for Italy, by path.
-- grain: geo_level, geo, period_type, period, path, measure
-- protection: open
-- kind: observation
-- unit: persons
-- definition: gol_employed@1
-- method: gol_employed
-- universe.it: Individui presi in carico dal Programma GOL, dall'avvio alla data di riferimento
-- universe.en: Individuals taken in charge by the GOL programme, from its start to the reference date
-- numerator.it: Individui con un rapporto di lavoro attivo alla data di riferimento
-- numerator.en: Individuals with an active job at the reference date
-- denominator.it: Individui presi in carico
-- denominator.en: Individuals taken in charge
-- breakdowns: path
-- source.it: INAPP e Ministero del lavoro, monitoraggio del Programma GOL, tavola 2.2 (3.1 al 31/12/2025)
-- source.en: INAPP and Ministry of Labour, monitoring of the GOL programme, table 2.2 (3.1 at 31/12/2025)
-- caveat.it.1: È una fotografia a una data, con esposizione diseguale: chi è stato preso in carico da pochi giorni pesa quanto chi lo è da tre anni. Non è l'esito a distanza fissa dalla presa in carico.
-- caveat.en.1: This is a picture at a date, with unequal exposure: who was taken in charge a few days ago weighs as much as who was three years ago. It is no outcome at a fixed distance from taking in charge.
-- caveat.it.2: Le differenze tra regioni non misurano l'effetto del Programma: riflettono anche i mercati del lavoro, le stagioni e chi vi entra.
-- caveat.en.2: Differences between regions do not measure the effect of the programme: they also reflect labour markets, seasons and who enters.
-- caveat.it.3: La tavola del 31/1/2025 è identica, cella per cella, a quella del 30/6/2024: la riportiamo come non convalidata, da non usare.
-- caveat.en.3: The table of 31/1/2025 equals that of 30/6/2024 cell by cell: we show it as not validated, not to be used.
-- caveat.it.4: Fino al 30/9/2025 le cifre escludono il percorso 5 (ricollocazione collettiva). Dal 31/10/2025 le righe delle regioni lo comprendono e la riga Italia no: per questo le regioni non sommano all'Italia.
-- caveat.en.4: Until 30/9/2025 the figures leave out path 5 (collective outplacement). From 31/10/2025 the rows of the regions include it and the row of Italy does not: so regions do not add up to Italy.
-- caveat.it.5: Il titolo della tavola rinvia con un asterisco a una nota sulla parola “individui” che l'estrazione non riporta.
-- caveat.en.5: The title of the table refers by an asterisk to a footnote on the word “individuals” that the extraction does not carry.
-- measure.reached.it: Individui presi in carico
-- measure.reached.en: Individuals taken in charge
-- measure.reached.unit: persons
-- measure.employed.it: Occupati alla data
-- measure.employed.en: Employed at the date
-- measure.employed.unit: persons
-- measure.employed_share.it: Quota di occupati alla data
-- measure.employed_share.en: Share employed at the date
-- measure.employed_share.unit: percent
-- measure.new_employed.it: Nuovi occupati: lavoro cominciato dopo la presa in carico
-- measure.new_employed.en: New employed: job begun after taking in charge
-- measure.new_employed.unit: persons
-- measure.new_employed_share.it: Quota di nuovi occupati
-- measure.new_employed_share.en: Share of new employed
-- measure.new_employed_share.unit: percent
-- measure.already_employed.it: Già occupati: lavoro cominciato prima della presa in carico
-- measure.already_employed.en: Already employed: job begun before taking in charge
-- measure.already_employed.unit: persons
-- measure.already_employed_share.it: Quota di già occupati
-- measure.already_employed_share.en: Share of already employed
-- measure.already_employed_share.unit: percent
-- measure.new_over_employed_share.it: Nuovi occupati ogni cento occupati
-- measure.new_over_employed_share.en: New employed per hundred employed
-- measure.new_over_employed_share.unit: percent

WITH figures AS (
  SELECT * FROM marts.official_figures WHERE dataset = 'gol_2_2'
), counts AS (
  SELECT geo, period, path,
         max(value) FILTER (indicator = 'reached') AS reached,
         max(value) FILTER (indicator = 'employed') AS employed,
         max(value) FILTER (indicator = 'new_employed') AS new_employed,
         max(value) FILTER (indicator = 'already_employed') AS already_employed
  FROM figures
  GROUP BY geo, period, path
)
SELECT f.geo_level, f.geo, f.period_type, f.period, f.path, f.indicator AS measure,
       CASE WHEN f.value IS NULL THEN NULL ELSE
         CASE f.indicator
           WHEN 'employed_share' THEN c.employed
           WHEN 'new_employed_share' THEN c.new_employed
           WHEN 'already_employed_share' THEN c.already_employed
           WHEN 'new_over_employed_share' THEN c.new_employed
         END END AS numerator,
       CASE WHEN f.value IS NULL THEN NULL ELSE
         CASE f.indicator
           WHEN 'employed_share' THEN c.reached
           WHEN 'new_employed_share' THEN c.reached
           WHEN 'already_employed_share' THEN c.reached
           WHEN 'new_over_employed_share' THEN c.employed
         END END AS denominator,
       f.value,
       CAST(NULL AS DOUBLE) AS low,
       CAST(NULL AS DOUBLE) AS high,
       f.obs_status, f.reason, f.note_ids
FROM figures f
JOIN counts c ON c.geo = f.geo AND c.period = f.period AND c.path = f.path
