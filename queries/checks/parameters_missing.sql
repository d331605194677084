-- A definition needs a parameter that reference.parameters does not have: without it cells would be silently empty.
-- severity: stop
-- override: never

WITH needed (parameter) AS (
  VALUES ('registrations_lag_days'), ('services_lag_days'), ('agreements_lag_days'), ('placements_lag_days'),
         ('fragility_threshold'), ('stale_age'), ('stale_start_year'), ('first_agreement_days'),
         ('timely_days_short'), ('timely_days_middle'), ('timely_days_long'),
         ('outcome_days_short'), ('outcome_days_middle'), ('outcome_days_long')
)
SELECT n.parameter
FROM needed n
LEFT JOIN reference.parameters p ON p.name = n.parameter
WHERE p.name IS NULL
