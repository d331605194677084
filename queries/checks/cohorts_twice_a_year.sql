-- The parameter first_agreement_days is under 365: a person could open two cohorts in one year and count twice in it. Make it 365 or more.
-- severity: stop
-- override: never

SELECT name AS parameter
FROM reference.parameters
WHERE name = 'first_agreement_days' AND value < 365
