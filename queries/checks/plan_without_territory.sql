-- A centre of the strengthening plan or a territory of its money is not known: its posts and amounts would be lost from every total. Load the centre into reference.cpi, or ask the supplier for the code of the district or of the region.
-- severity: stop

SELECT DISTINCT 'centres' AS contract, s.cpi AS code
FROM staging.centres s
LEFT JOIN reference.cpi k ON k.cpi = s.cpi
WHERE k.cpi IS NULL
UNION ALL
SELECT DISTINCT 'funding', f.district
FROM staging.funding f
LEFT JOIN reference.geo g ON g.code = f.district
WHERE g.code IS NULL
