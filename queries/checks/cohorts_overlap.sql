-- A person opens two cohorts within the days that part one taking in charge from the next.
-- severity: stop
-- override: never

SELECT a.period, b.agreement_id
FROM marts.cohorts a
JOIN marts.cohorts b ON b.person_id = a.person_id AND b.agreement_id <> a.agreement_id
JOIN reference.parameters p ON p.name = 'first_agreement_days'
WHERE b.signed_on BETWEEN a.signed_on AND a.signed_on + CAST(p.value AS INTEGER)
