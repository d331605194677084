-- title.it: Periodi di lavoro
-- title.en: Spells of work
-- description.it: I rapporti di lavoro con date possibili, con il gruppo di contratto, se valgono come occupazione e se sono ormai inattendibili.
-- description.en: Work relationships with possible dates, with their contract group, whether they count as employment and whether they have gone stale.
-- grain: relationship_id
-- column.qualifying.it: lavoro subordinato, apprendistato, collaborazione o missione in somministrazione; mai un tirocinio
-- column.qualifying.en: employment, apprenticeship, collaboration or agency mission; never a traineeship
-- column.sector.it: sezione ATECO com'è comunicata
-- column.sector.en: section of ATECO as communicated
-- column.sector_group.it: gruppo di settori, lo stesso in ATECO 2007 e 2025
-- column.sector_group.en: group of sectors, the same in ATECO 2007 and 2025
-- column.occupation.it: grande gruppo della professione, nella versione in vigore all'avviamento
-- column.occupation.en: great group of the occupation, in the version in force at the start
-- column.stabilised_on.it: giorno in cui il rapporto è diventato a tempo indeterminato per trasformazione
-- column.stabilised_on.en: day on which a transformation made the relationship open-ended
-- column.stale.it: aperto da troppo tempo perché si possa credere ancora in corso
-- column.stale.en: open for too long to be believed still running

-- An end before the start cannot be right, and nobody guesses which of the two is.
SELECT relationship_id, person_id, employer_id, last_employer_id, start_on, end_on, contract, form, contract_group,
       sector, sector_group, occupation, workplace_comune, stabilised_on, qualifying, stale
FROM marts.relationships
WHERE end_on IS NULL OR end_on >= start_on
