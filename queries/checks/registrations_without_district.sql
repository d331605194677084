-- A registration lies in no territory of the finest level: its persons would be lost from districts and totals. Load the municipality into reference.comuni or ask the supplier for the district.
-- severity: stop

SELECT r.registration_id, r.district
FROM marts.registrations r
LEFT JOIN marts.geo_paths g ON g.leaf = r.district AND g.geo = r.district AND g.finest
WHERE g.leaf IS NULL
