-- title.it: Territori dei distretti, per numero
-- title.en: Territories of districts, by number
-- description.it: marts.geo_paths con i numeri di marts.code_numbers al posto dei codici.
-- description.en: marts.geo_paths with the numbers of marts.code_numbers in the place of codes.
-- grain: leaf_no, geo_no

SELECT CAST(l.number AS BIGINT) AS leaf_no, CAST(t.number AS BIGINT) AS geo_no
FROM marts.geo_paths p
JOIN marts.code_numbers l ON l.list = 'geo' AND l.code = p.leaf
JOIN marts.code_numbers t ON t.list = 'geo' AND t.code = p.geo
