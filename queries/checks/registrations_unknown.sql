-- More than check_unknown_registration_percent of a source's rows name a registration that was never delivered: persons would be missing from districts. Ask the supplier of registrations for the missing ones, or of the source for its keys, or sign that the release goes out without them.
-- severity: stop

WITH named (contract, registration_id) AS (
  SELECT 'agreements', registration_id FROM staging.agreements
  UNION ALL
  SELECT 'convocations', registration_id FROM staging.convocations
  UNION ALL
  SELECT 'services', registration_id FROM staging.services
), shares AS (
  SELECT n.contract, count(*) AS cases, count(*) FILTER (WHERE r.registration_id IS NULL) AS unknown
  FROM named n
  LEFT JOIN marts.registrations r ON r.registration_id = n.registration_id
  WHERE n.registration_id IS NOT NULL
  GROUP BY n.contract
)
SELECT s.contract
FROM shares s
JOIN reference.parameters u ON u.name = 'check_unknown_registration_percent'
JOIN reference.parameters l ON l.name = 'check_least_rows'
WHERE s.cases >= l.value AND s.unknown * 100 > u.value * s.cases
