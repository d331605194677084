-- title.it: Rapporti di lavoro
-- title.en: Work relationships
-- description.it: Una riga per rapporto con un avviamento valido: inizio, contratto, datore e sede dall'avviamento; fine dalla cessazione o, se manca e la regola lo vuole, dal termine previsto dell'ultimo evento che decide.
-- description.en: One row per relationship with a valid start: start, contract, employer and workplace from the start; end from the cessation or, where there is none and the rule says so, from the planned end of the last event that decides.
-- grain: relationship_id
-- column.end_on.it: vuoto: rapporto ancora aperto
-- column.end_on.en: empty: still open
-- column.last_employer_id.it: il datore dopo l'ultimo passaggio di azienda (VARDATORI), altrimenti quello dell'avviamento
-- column.last_employer_id.en: the employer after the last transfer of the firm (VARDATORI), otherwise that of the start
-- column.stabilised_on.it: giorno della prima trasformazione a tempo indeterminato
-- column.stabilised_on.en: day of the first transformation to open-ended
-- column.qualifying.it: lavoro subordinato, apprendistato, collaborazione o missione in somministrazione; mai un tirocinio
-- column.qualifying.en: employment, apprenticeship, collaboration or agency mission; never a traineeship
-- column.sector.it: sezione ATECO com'è comunicata
-- column.sector.en: section of ATECO as communicated
-- column.sector_group.it: gruppo di settori, lo stesso in ATECO 2007 e 2025
-- column.sector_group.en: group of sectors, the same in ATECO 2007 and 2025
-- column.occupation.it: grande gruppo della professione, nella versione in vigore all'avviamento
-- column.occupation.en: great group of the occupation, in the version in force at the start
-- column.stale.it: aperto da troppo tempo perché si possa credere ancora in corso
-- column.stale.en: open for too long to be believed still running

-- For reading: what counts ask for is in marts.spans; employers, codes and
-- pseudonyms are read here from the start that counts.
WITH transfers AS (
  SELECT relationship_id, employer_id, bool_or(event <> 'start') OVER (PARTITION BY relationship_id) AS transferred
  FROM marts.valid_events
  WHERE form = 'VARDATORI'
  QUALIFY row_number() OVER (PARTITION BY relationship_id ORDER BY event_on DESC, received_on DESC, event_id DESC) = 1
)
SELECT e.relationship_id, e.person_id, e.employer_id,
       CASE WHEN t.transferred THEN t.employer_id ELSE e.employer_id END AS last_employer_id, s.start_on, s.end_on, e.contract, e.form,
       c.code AS contract_group, coalesce(left(e.sector, 1), 'nd') AS sector, g.code AS sector_group, o.code AS occupation, e.workplace_comune, s.stabilised_on,
       s.qualifying, s.stale
FROM marts.spans s
JOIN marts.valid_events e ON e.start_key = s.start_key
LEFT JOIN marts.code_numbers c ON c.list = 'contract_group' AND c.number = s.contract_group_no
LEFT JOIN marts.code_numbers g ON g.list = 'sector' AND g.number = s.sector_no
LEFT JOIN marts.code_numbers o ON o.list = 'occupation' AND o.number = s.occupation_no
LEFT JOIN transfers t ON t.relationship_id = e.relationship_id
