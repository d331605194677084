-- title.it: Celle richieste
-- title.en: Requested cells
-- description.it: Le combinazioni di territorio, tipo di periodo e disaggregazione che il piano di pubblicazione richiede: una riga per cella, con il codice nella colonna della disaggregazione e _T nelle altre.
-- description.en: The combinations of territory, kind of period and breakdown that the publication plan asks for: one row per cell, with the code in the column of its breakdown and _T in the others.
-- grain: geo, period_type, sex, age_band, citizenship, education, duration, profile, path, programme, provider_kind, measure_received, occupation, sector, contract_group
-- materialize: table
-- column.breakdown.it: nome della lista, sex_age_band per sesso ed età insieme, _T per i totali
-- column.breakdown.en: name of the list, sex_age_band for sex and age together, _T for totals
-- column.cell.it: numero della cella: quel che si conta vi si congiunge con questo solo
-- column.cell.en: number of the cell: what is counted joins by it alone

-- Two lists are crossed only where the plan names them together: every crossing
-- is another family of cells to protect.
WITH territories AS (
  SELECT geo, geo_level, finest FROM marts.geo_paths WHERE leaf = geo
), asked (breakdown, code, age_band) AS (
  SELECT '_T', '_T', '_T'
  UNION ALL
  SELECT list, code, '_T' FROM reference.codes WHERE list <> 'age_band'
  UNION ALL
  SELECT 'age_band', '_T', code FROM reference.codes WHERE list = 'age_band'
  UNION ALL
  SELECT 'sex_age_band', s.code, a.code
  FROM reference.codes s
  JOIN reference.codes a ON a.list = 'age_band'
  WHERE s.list = 'sex'
)
SELECT row_number() OVER (ORDER BY t.geo, p.period_type, p.breakdown, a.code, a.age_band) AS cell,
       t.geo_level, t.geo, p.period_type, t.finest, p.breakdown, a.code,
       CASE WHEN p.breakdown IN ('sex', 'sex_age_band') THEN a.code ELSE '_T' END AS sex,
       a.age_band,
       CASE WHEN p.breakdown = 'citizenship' THEN a.code ELSE '_T' END AS citizenship,
       CASE WHEN p.breakdown = 'education' THEN a.code ELSE '_T' END AS education,
       CASE WHEN p.breakdown = 'duration' THEN a.code ELSE '_T' END AS duration,
       CASE WHEN p.breakdown = 'profile' THEN a.code ELSE '_T' END AS profile,
       CASE WHEN p.breakdown = 'path' THEN a.code ELSE '_T' END AS path,
       CASE WHEN p.breakdown = 'programme' THEN a.code ELSE '_T' END AS programme,
       CASE WHEN p.breakdown = 'provider_kind' THEN a.code ELSE '_T' END AS provider_kind,
       CASE WHEN p.breakdown = 'measure_received' THEN a.code ELSE '_T' END AS measure_received,
       CASE WHEN p.breakdown = 'occupation' THEN a.code ELSE '_T' END AS occupation,
       CASE WHEN p.breakdown = 'sector' THEN a.code ELSE '_T' END AS sector,
       CASE WHEN p.breakdown = 'contract_group' THEN a.code ELSE '_T' END AS contract_group
FROM territories t
JOIN reference.plan p ON p.finest = t.finest
JOIN asked a ON a.breakdown = p.breakdown
