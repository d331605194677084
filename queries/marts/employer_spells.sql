-- title.it: Rapporti di lavoro della regione, con chi è datore
-- title.en: Work relationships of the region, with who is the employer
-- description.it: Di ogni rapporto di marts.jobs il datore dell'avviamento e quello che lo è alla fine; serve solo a giudicare chi si riconoscerebbe in un numero.
-- description.en: Of each relationship of marts.jobs the employer of the start and the one it has in the end; used only to judge who would be recognised in a number.
-- grain: relationship_id
-- materialize: table
-- column.employer.it: chiave breve dello pseudonimo del datore dell'avviamento
-- column.employer.en: short key of the pseudonym of the employer of the start
-- column.last_employer.it: chiave breve dello pseudonimo del datore alla fine
-- column.last_employer.en: short key of the pseudonym of the employer in the end

SELECT j.relationship_id, hash(r.employer_id) AS employer, hash(r.last_employer_id) AS last_employer,
       d.code AS district, c.code AS contract_group, coalesce(s.code, 'nd') AS sector, coalesce(o.code, 'nd') AS occupation,
       j.start_on, j.end_on, j.stabilised_on
FROM marts.jobs j
JOIN marts.relationships r ON r.relationship_id = j.relationship_id
JOIN marts.code_numbers d ON d.list = 'geo' AND d.number = j.district_no
LEFT JOIN marts.code_numbers c ON c.list = 'contract_group' AND c.number = j.contract_group_no
LEFT JOIN marts.code_numbers s ON s.list = 'sector' AND s.number = j.sector_no
LEFT JOIN marts.code_numbers o ON o.list = 'occupation' AND o.number = j.occupation_no
