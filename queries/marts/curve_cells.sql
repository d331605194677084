-- title.it: Celle le cui curve si disegnano
-- title.en: Cells whose curves are drawn
-- description.it: Di ogni cella che può avere una curva, quella la cui curva vale anche per lei: territori fatti degli stessi distretti hanno le stesse curve.
-- description.en: Of each cell that may have a curve, the one whose curve holds for it too: territories made of the same districts have the same curves.
-- grain: cell
-- column.drawn.it: la cella stessa, se di qui si disegna
-- column.drawn.en: the cell itself, where it is the one to draw

-- Health authorities and provinces overlap: half of either are the same place.
-- Only districts that somebody has are looked at, whatever level they are of.
WITH heard AS (
  SELECT DISTINCT district_no FROM marts.entries
), made AS (
  SELECT p.geo, list(h.district_no ORDER BY h.district_no) AS districts
  FROM marts.geo_paths p
  JOIN marts.code_numbers n ON n.list = 'geo' AND n.code = p.leaf
  JOIN heard h ON h.district_no = n.number
  GROUP BY p.geo
)
SELECT c.cell, c.period_type, c.breakdown, min(c.cell) OVER (PARTITION BY m.districts, c.period_type, c.breakdown, c.code, c.age_band) AS drawn
FROM marts.cells c
JOIN made m ON m.geo = c.geo
WHERE c.breakdown IN ('_T', 'sex', 'age_band', 'sex_age_band', 'path')
