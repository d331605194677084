-- title.it: I due datori maggiori di ogni numero di avviamenti per contratto
-- title.en: The two largest employers of each number of starts by contract
-- description.it: Come marts.flows_contributions, per numeratori e denominatori di cubes.contract_mix.
-- description.en: As marts.flows_contributions, for numerators and denominators of cubes.contract_mix.
-- grain: geo, period_type, period, sector, measure, part

-- All starts have no measure of their own: they stand below each.
SELECT s.geo, s.period_type, s.period, s.sector, coalesce(k.code, s.contract_group) AS measure,
       CASE WHEN k.code IS NULL THEN 'numerator' ELSE 'denominator' END AS part, s.contributors, s.total, s.first, s.second
FROM marts.employer_shares s
LEFT JOIN reference.codes k ON s.contract_group = '_T' AND k.list = 'contract_group'
WHERE s.measure = 'starts' AND s.period_type <> 'month' AND s.occupation = '_T'
