-- title.it: Volumi delle fonti
-- title.en: Volumes of the sources
-- description.it: Quante righe di ogni fonte cadono in ogni territorio e trimestre: serve ai controlli e alla completezza per territorio.
-- description.en: How many rows of each source fall into each territory and quarter: for the checks and for completeness by territory.
-- grain: contract, geo, period
-- materialize: table
-- column.cases.it: iscrizioni, patti, attività cominciate, avviamenti
-- column.cases.en: registrations, agreements, activities begun, starts of work

WITH days (contract, geo, day) AS (
  SELECT 'registrations', district, registered_on FROM marts.registrations
  UNION ALL
  SELECT 'agreements', district, signed_on FROM marts.agreements
  UNION ALL
  SELECT 'services', district, started_on FROM marts.activities
  UNION ALL
  SELECT 'placements', m.geo, s.start_on
  FROM marts.spans s
  JOIN reference.comuni m ON m.comune = s.workplace_comune
  WHERE s.end_on IS NULL OR s.end_on >= s.start_on
), counted AS (
  -- by day first: a quarter's name costs more than the count
  SELECT contract, geo, day, count(*) AS cases
  FROM days
  WHERE geo IS NOT NULL
  GROUP BY contract, geo, day
)
SELECT contract, geo, year(day) || '-Q' || quarter(day) AS period, CAST(sum(cases) AS BIGINT) AS cases
FROM counted
GROUP BY contract, geo, period
