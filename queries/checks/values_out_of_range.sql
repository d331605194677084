-- More than check_impossible_percent of a source's rows hold a value that can hardly be: a person under 14 or over 99 at registration, or a day more than a quarter after the last one delivered. Ask the supplier how the column is filled.
-- severity: warn

WITH ranges (contract, rule, outside) AS (
  SELECT 'registrations', 'age', year(registered_on) - birth_year NOT BETWEEN 14 AND 99
  FROM marts.registrations
  WHERE birth_year IS NOT NULL
  UNION ALL
  SELECT 'registrations', 'registered_on', r.registered_on > c.complete_to + 92
  FROM marts.registrations r
  JOIN marts.completeness c ON c.contract = 'registrations'
  UNION ALL
  SELECT 'agreements', 'signed_on', a.signed_on > c.complete_to + 92
  FROM marts.agreements a
  JOIN marts.completeness c ON c.contract = 'agreements'
  UNION ALL
  SELECT 'services', 'started_on', s.started_on > c.complete_to + 92
  FROM marts.deeds s
  JOIN marts.completeness c ON c.contract = 'services'
  UNION ALL
  SELECT 'placements', 'start_on', s.start_on > c.complete_to + 92
  FROM marts.spells s
  JOIN marts.completeness c ON c.contract = 'placements'
), shares AS (
  SELECT contract, rule, count(*) AS cases, count(*) FILTER (WHERE outside) AS found
  FROM ranges
  GROUP BY contract, rule
)
SELECT s.contract, s.rule
FROM shares s
JOIN reference.parameters i ON i.name = 'check_impossible_percent'
JOIN reference.parameters l ON l.name = 'check_least_rows'
WHERE s.cases >= l.value AND s.found * 100 > i.value * s.cases
