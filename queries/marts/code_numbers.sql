-- title.it: Numeri dei codici
-- title.en: Numbers of codes
-- description.it: Un numero per ogni codice di ogni lista, territori (geo) e LEP (lep) compresi: quel che si conta a milioni di righe si raggruppa per numeri. Valgono in questo magazzino soltanto, e nessuno li pubblica.
-- description.en: A number for each code of each list, territories (geo) and LEP (lep) included: what is counted over millions of rows is grouped by numbers. They hold in this warehouse only, and nobody publishes them.
-- grain: list, code
-- materialize: table
-- column.number.it: da 1 in su; lo 0 resta a ciò che non ha codice
-- column.number.en: from 1 up; 0 is left to what has no code

WITH codes AS (
  SELECT list, code FROM reference.codes
  UNION ALL
  SELECT 'geo', code FROM reference.geo
  UNION ALL
  SELECT 'lep', slug FROM reference.lep
)
SELECT list, code, CAST(row_number() OVER (PARTITION BY list ORDER BY code) AS INTEGER) AS number
FROM codes
