-- title.it: Avviamenti e cessazioni dalle comunicazioni obbligatorie
-- title.en: Hires and terminations in compulsory communications
-- description.it: Rapporti di lavoro attivati e cessati nel trimestre, loro saldo e lavoratori interessati, per regione.
-- description.en: Jobs begun and ended in the quarter, their balance and the workers concerned, by region.
-- grain: geo_level, geo, period_type, period, measure
-- protection: open
-- kind: observation
-- unit: relationships
-- definition: co_flows@1
-- method: co_flows
-- universe.it: Rapporti di lavoro soggetti a comunicazione obbligatoria, per regione della sede di lavoro
-- universe.en: Jobs that must be communicated, by region of the workplace
-- breakdowns:
-- source.it: Comunicazioni obbligatorie, allegati statistici trimestrali 2017–2025
-- source.en: Compulsory communications, quarterly statistical annexes 2017–2025
-- derived: balance = hires - terminations
-- caveat.it.1: Dati grezzi, non destagionalizzati: si confrontano trimestri uguali di anni diversi.
-- caveat.en.1: Raw data, not seasonally adjusted: compare the same quarter of different years.
-- caveat.it.2: I rapporti non sono persone: un lavoratore con più rapporti conta più volte. I lavoratori non si sommano tra regioni, trimestri o tipi di flusso.
-- caveat.en.2: Jobs are not persons: a worker with several jobs counts several times. Workers do not add up over regions, quarters or kinds of flow.
-- caveat.it.3: Ogni trimestre viene dall'ultimo allegato che lo contiene; i trimestri fino al 2020 vengono da allegati più vecchi e non sono stati più rivisti.
-- caveat.en.3: Each quarter comes from the last annex that holds it; quarters until 2020 come from older annexes and have not been revised since.
-- caveat.it.4: Alcuni rapporti non hanno una regione: restano nella riga “Non disponibile”, che con le regioni somma all'Italia.
-- caveat.en.4: Some jobs have no region: they stay in the row “Not available”, which together with the regions adds up to Italy.
-- measure.hires.it: Rapporti attivati
-- measure.hires.en: Jobs begun
-- measure.hires.unit: relationships
-- measure.terminations.it: Rapporti cessati
-- measure.terminations.en: Jobs ended
-- measure.terminations.unit: relationships
-- measure.balance.it: Saldo
-- measure.balance.en: Balance
-- measure.balance.unit: relationships
-- measure.hires_workers.it: Lavoratori attivati
-- measure.hires_workers.en: Workers hired
-- measure.hires_workers.unit: persons
-- measure.terminations_workers.it: Lavoratori cessati
-- measure.terminations_workers.en: Workers whose job ended
-- measure.terminations_workers.unit: persons
-- measure.hires_per_worker.it: Attivazioni per lavoratore
-- measure.hires_per_worker.en: Jobs begun per worker
-- measure.hires_per_worker.unit: number
-- measure.terminations_per_worker.it: Cessazioni per lavoratore
-- measure.terminations_per_worker.en: Jobs ended per worker
-- measure.terminations_per_worker.unit: number

WITH figures AS (
  SELECT * FROM marts.official_figures WHERE dataset = 'co_flussi'
), balances AS (
  SELECT h.geo_level, h.geo, h.period_type, h.period, 'balance' AS measure, h.value - e.value AS value,
         CASE WHEN h.value IS NULL OR e.value IS NULL THEN 'O' ELSE h.obs_status END AS obs_status,
         coalesce(h.reason, e.reason) AS reason,
         h.note_ids
  FROM figures h
  JOIN figures e ON e.geo = h.geo AND e.period = h.period AND e.indicator = 'terminations'
  WHERE h.indicator = 'hires'
)
SELECT geo_level, geo, period_type, period, measure,
       CAST(NULL AS DOUBLE) AS numerator, CAST(NULL AS DOUBLE) AS denominator, value,
       CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high, obs_status, reason, note_ids
FROM (
  SELECT geo_level, geo, period_type, period, indicator AS measure, value, obs_status, reason, note_ids FROM figures
  UNION ALL
  SELECT geo_level, geo, period_type, period, measure, value, obs_status, reason, note_ids FROM balances
)
