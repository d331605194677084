-- title.it: Completezza delle fonti
-- title.en: Completeness of the sources
-- description.it: Per ogni contratto: primo e ultimo giorno consegnati senza interruzioni, giorni di attesa per le registrazioni tardive e ultimo giorno che si può considerare assestato.
-- description.en: For each contract: first and last day delivered without a gap, days to wait for late records, and the last day that can be taken as settled.
-- grain: contract
-- materialize: table
-- column.settled_to.it: ultimo giorno assestato: completezza meno i giorni di attesa
-- column.settled_to.en: last settled day: completeness less the days to wait

-- A contract that never came keeps its row with empty dates, so that comparing
-- with it is never true and nothing that needs it counts as observable.
WITH contracts (contract) AS (
  VALUES ('registrations'), ('services'), ('agreements'), ('placements'), ('convocations'),
         ('benefits'), ('training'), ('vacancies'), ('centres'), ('funding')
), lags AS (
  SELECT c.contract, CAST(p.value AS INTEGER) AS lag_days
  FROM contracts c
  JOIN reference.parameters p ON p.name = c.contract || '_lag_days'
)
SELECT c.contract, t.complete_from, t.complete_to, l.lag_days,
       t.complete_to - l.lag_days AS settled_to
FROM contracts c
LEFT JOIN ledger.completeness t ON t.contract = c.contract
LEFT JOIN lags l ON l.contract = c.contract
