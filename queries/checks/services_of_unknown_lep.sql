-- An activity names a LEP that reference.lep does not have: it would be counted nowhere.
-- severity: stop

SELECT DISTINCT a.lep
FROM marts.activities a
WHERE a.lep_no IS NULL
