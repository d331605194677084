-- title.it: I due datori maggiori di ogni cella dei flussi
-- title.en: The two largest employers of each cell of flows
-- description.it: Di ogni numero di cubes.flows in cui un datore pesa almeno quanto tutti gli altri, tolto il secondo: il totale e i due contributi maggiori. Non si pubblica: serve alla regola p %.
-- description.en: Of each number of cubes.flows in which one employer weighs at least as much as all others but the second: the total and its two largest contributions. Never published: the p % rule asks for it.
-- grain: geo, period_type, period, contract_group, sector, occupation, measure, part

SELECT geo, period_type, period, contract_group, sector, occupation, measure, 'value' AS part, contributors, total, first, second
FROM marts.employer_shares
WHERE length = '_T' AND (contract_group = '_T' OR sector = '_T')
