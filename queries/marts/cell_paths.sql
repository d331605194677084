-- title.it: Dalle foglie alle celle
-- title.en: From leaves to cells
-- description.it: In quali celle richieste finisce ciò che si è contato in un territorio per i codici di una lista, o per sesso ed età insieme: nella cella del codice e nel totale, del territorio stesso e di ogni territorio che lo contiene.
-- description.en: Which requested cells take what was counted in one territory by the codes of a list, or by sex and age together: the cell of the code and the total, of the territory itself and of every territory that contains it.
-- grain: leaf_no, period_type, counted_by, code_no, cell
-- materialize: table
-- column.leaf_no.it: numero del territorio in cui si è contato
-- column.leaf_no.en: number of the territory that was counted in
-- column.counted_by.it: lista per cui si è contato, sex_age_band per sesso ed età insieme
-- column.counted_by.en: list that was counted by, sex_age_band for sex and age together
-- column.code_no.it: numero del codice, 0 se manca; per sesso ed età 1000 volte il sesso più l'età
-- column.code_no.en: number of the code, 0 where there is none; for sex and age 1000 times the sex plus the age
-- column.is_total.it: la cella è il totale: se si è contato per più liste, lo dà una sola
-- column.is_total.en: the cell is the total: where several lists were counted by, one of them gives it

WITH numbered AS (
  -- what has no code counts in the totals
  SELECT n.list, n.code, n.number
  FROM marts.code_numbers n
  SEMI JOIN reference.plan p ON p.breakdown = n.list
  UNION ALL
  SELECT DISTINCT n.list, '', 0
  FROM marts.code_numbers n
  SEMI JOIN reference.plan p ON p.breakdown = n.list
), pairs AS (
  SELECT 1000 * s.number + a.number AS code_no, s.code AS sex, a.code AS age_band
  FROM numbered s
  JOIN numbered a ON a.list = 'age_band'
  WHERE s.list = 'sex'
), fed AS (
  SELECT list AS counted_by, number AS code_no, list AS breakdown, code, '_T' AS age_band FROM numbered WHERE list <> 'age_band'
  UNION ALL
  SELECT list, number, list, '_T', code FROM numbered WHERE list = 'age_band'
  UNION ALL
  SELECT list, number, '_T', '_T', '_T' FROM numbered
  UNION ALL
  SELECT 'sex_age_band', code_no, 'sex_age_band', sex, age_band FROM pairs
  UNION ALL
  SELECT 'sex_age_band', code_no, 'sex', sex, '_T' FROM pairs
  UNION ALL
  SELECT 'sex_age_band', code_no, 'age_band', '_T', age_band FROM pairs
  UNION ALL
  SELECT 'sex_age_band', code_no, '_T', '_T', '_T' FROM pairs
)
SELECT n.number AS leaf_no, c.period_type, f.counted_by, f.code_no, c.cell, c.breakdown = '_T' AS is_total
FROM fed f
JOIN marts.cells c ON c.breakdown = f.breakdown AND c.code = f.code AND c.age_band = f.age_band
JOIN marts.geo_paths g ON g.geo = c.geo
JOIN marts.code_numbers n ON n.list = 'geo' AND n.code = g.leaf
