-- A definition needs a parameter that reference.parameters does not have: without it cells would be silently empty.
-- severity: stop
-- override: never

WITH needed (parameter) AS (
  SELECT c.contract || '_lag_days'
  FROM (VALUES ('registrations'), ('services'), ('agreements'), ('placements'), ('convocations'), ('benefits'),
               ('training'), ('vacancies'), ('centres'), ('funding')) AS c (contract)
  UNION ALL
  VALUES ('fragility_threshold'), ('stale_age'), ('stale_start_year'), ('first_agreement_days'), ('end_rule'), ('gap_days'),
         ('stable_days'), ('gol_stock_days'), ('funnel_days'), ('curve_min_at_risk'), ('centre_threshold_percent'),
         ('expected_min_cohort'), ('expected_min_stratum')
)
SELECT n.parameter
FROM needed n
LEFT JOIN reference.parameters p ON p.name = n.parameter
WHERE p.name IS NULL
