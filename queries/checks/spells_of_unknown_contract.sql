-- A spell of work has a contract that reference.contracts does not have: whether it is employment cannot be told.
-- severity: stop

SELECT DISTINCT s.contract AS code
FROM marts.spells s
LEFT JOIN reference.contracts k ON k.code = s.contract
WHERE k.code IS NULL
