-- title.it: I due datori maggiori di ogni numero di rapporti finiti per durata
-- title.en: The two largest employers of each number of relationships ended, by length
-- description.it: Come marts.flows_contributions, per numeratori e denominatori di cubes.contract_durations.
-- description.en: As marts.flows_contributions, for numerators and denominators of cubes.contract_durations.
-- grain: geo, period_type, period, contract_group, measure, part

-- All that ended has no measure of its own: it stands below each.
SELECT s.geo, s.period_type, s.period, s.contract_group, coalesce(k.code, s.length) AS measure,
       CASE WHEN k.code IS NULL THEN 'numerator' ELSE 'denominator' END AS part, s.contributors, s.total, s.first, s.second
FROM marts.employer_shares s
LEFT JOIN reference.codes k ON s.length = '_T' AND k.list = 'duration_class' AND k.code <> 'open'
WHERE s.measure = 'ends' AND s.period_type <> 'month' AND s.occupation = '_T' AND s.sector = '_T'
