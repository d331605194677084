-- An activity names a LEP that reference.lep does not have: it would be counted nowhere.
-- severity: stop

SELECT DISTINCT a.lep
FROM marts.activities a
LEFT JOIN reference.lep l ON l.slug = a.lep
WHERE l.slug IS NULL
