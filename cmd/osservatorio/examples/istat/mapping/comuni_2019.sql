-- Municipalities and their population at the census of 2011, by province of
-- Emilia-Romagna, in the edition of 2019-02-15 of ISTAT's list: two observations a
-- province. The file is Latin-1, its header holds newlines and footnote marks, its
-- thousands have points.
WITH comune AS (
  SELECT "NUTS3" AS province, "Codice Comune formato alfanumerico" AS code,
         CAST(replace(trim("Popolazione legale 2011 (09/10/2011)"), '.', '') AS BIGINT) AS persons
  FROM delivery
  WHERE "Codice Regione" = '08'
), figure AS (
  SELECT province, 'municipalities' AS indicator, 'number' AS unit, count(DISTINCT code) AS value FROM comune GROUP BY province
  UNION ALL
  SELECT province, 'legal_population_2011' AS indicator, 'persons' AS unit, sum(persons) AS value FROM comune GROUP BY province
)
SELECT
  'comuni' AS dataset, f.indicator, f.province AS geo, 'day' AS period_type, '2019-02-15' AS period, CAST(NULL AS VARCHAR) AS breakdown,
  f.value, f.unit, 'A' AS obs_status, CAST(NULL AS VARCHAR) AS note_ids, f.province AS label_as_published, CAST(f.value AS VARCHAR) AS value_as_published,
  DATE '2019-02-15' AS reference_date, 'ISTAT, Elenco dei comuni italiani, edizione del 2019-02-15' AS source, 'CC-BY-4.0' AS licence
FROM figure f
