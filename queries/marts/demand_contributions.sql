-- title.it: I due datori maggiori di ogni numero di attivazioni per professione
-- title.en: The two largest employers of each number of starts by occupation
-- description.it: Come marts.flows_contributions, per le attivazioni di cubes.demand; chi offre i posti e chi cerca lavoro non sono datori noti.
-- description.en: As marts.flows_contributions, for the starts of cubes.demand; who offers vacancies and who seeks work are no known employers.
-- grain: geo, period_type, period, occupation, measure, part

SELECT geo, period_type, period, occupation, measure, 'value' AS part, contributors, total, first, second
FROM marts.employer_shares
WHERE measure = 'starts' AND period_type <> 'month' AND contract_group = '_T' AND sector = '_T'
