-- title.it: Volumi delle fonti
-- title.en: Volumes of the sources
-- description.it: Quante righe di ogni fonte cadono in ogni territorio e trimestre: serve ai controlli e alla completezza per territorio.
-- description.en: How many rows of each source fall into each territory and quarter: for the checks and for completeness by territory.
-- grain: contract, geo, period
-- materialize: table
-- column.cases.it: iscrizioni, patti, attività cominciate, avviamenti
-- column.cases.en: registrations, agreements, activities begun, starts of work

WITH territories AS (
  SELECT code AS geo, number AS geo_no FROM marts.code_numbers WHERE list = 'geo'
), counted (contract, geo_no, day, cases) AS (
  -- each by day first: a quarter's name costs more than the count
  SELECT 'registrations', district_no, registered_on, count(*) FROM marts.entries GROUP BY district_no, registered_on
  UNION ALL
  SELECT 'agreements', district_no, signed_on, count(*) FROM marts.signings WHERE registration IS NOT NULL GROUP BY district_no, signed_on
  UNION ALL
  SELECT 'services', district_no, started_on, count(*) FROM marts.deeds GROUP BY district_no, started_on
  UNION ALL
  SELECT 'placements', district_no, start_on, count(*)
  FROM marts.spans
  WHERE district_no > 0 AND (end_on IS NULL OR end_on >= start_on)
  GROUP BY district_no, start_on
)
SELECT c.contract, t.geo, year(c.day) || '-Q' || quarter(c.day) AS period, CAST(sum(c.cases) AS BIGINT) AS cases
FROM counted c
JOIN territories t ON t.geo_no = c.geo_no
GROUP BY c.contract, t.geo, period
