-- More than check_impossible_percent of a source's rows tell an impossible sequence, such as an agreement signed before its registration: dates may have been swapped or keys mixed up. Compare the latest delivery with the supplier, or sign that the release goes out all the same.
-- severity: stop

WITH sequences (contract, rule, impossible) AS (
  SELECT 'agreements', 'signed_before_registration', a.signed_on < r.registered_on
  FROM staging.agreements a
  JOIN marts.registrations r ON r.registration_id = a.registration_id
  UNION ALL
  SELECT 'convocations', 'called_before_registration', c.called_for < r.registered_on
  FROM staging.convocations c
  JOIN marts.registrations r ON r.registration_id = c.registration_id
  UNION ALL
  SELECT 'services', 'begun_before_registration', s.started_on < r.registered_on
  FROM staging.services s
  JOIN marts.registrations r ON r.registration_id = s.registration_id
  WHERE s.started_on IS NOT NULL
  UNION ALL
  SELECT 'placements', 'ends_before_start', end_on < start_on
  FROM marts.relationships
  WHERE end_on IS NOT NULL
), shares AS (
  SELECT contract, rule, count(*) AS cases, count(*) FILTER (WHERE impossible) AS found
  FROM sequences
  GROUP BY contract, rule
)
SELECT s.contract, s.rule
FROM shares s
JOIN reference.parameters i ON i.name = 'check_impossible_percent'
JOIN reference.parameters l ON l.name = 'check_least_rows'
WHERE s.cases >= l.value AND s.found * 100 > i.value * s.cases
