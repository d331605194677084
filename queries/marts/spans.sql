-- title.it: Rapporti di lavoro, in breve
-- title.en: Work relationships, in short
-- description.it: Di ogni rapporto con un avviamento valido ciò che i conteggi chiedono; codici e pseudonimi stanno in marts.relationships.
-- description.en: Of each relationship with a valid start what counts ask for; codes and pseudonyms are in marts.relationships.
-- grain: start_key
-- column.district_no.it: numero del territorio di lavoro; 0: comune di più territori; vuoto: fuori regione
-- column.district_no.en: number of the territory of the workplace; 0: a comune of several territories; empty: outside the region
-- column.person.it: chiave breve dello pseudonimo della persona, per i confronti
-- column.person.en: short key of the person's pseudonym, for joins
-- column.employer.it: chiave breve dello pseudonimo del datore dell'avviamento
-- column.employer.en: short key of the pseudonym of the employer of the start
-- column.last_employer.it: chiave breve del datore cui il rapporto è passato, o di quello dell'avviamento
-- column.last_employer.en: short key of the employer whom the relationship passed to, or of the start
-- column.start_key.it: carico e riga dell'avviamento che conta
-- column.start_key.en: load and line of the start that counts
-- column.end_on.it: vuoto: rapporto ancora aperto
-- column.end_on.en: empty: still open
-- column.works.it: conta come lavoro: contratto che vale, non finito prima di cominciare, non aperto da troppo tempo
-- column.works.en: counts as work: a contract that qualifies, not ended before it began, not open for too long

-- What events tell together is in marts.ties, and where their order decides, in
-- marts.retold. An urgent communication (UNIURG) only announces the UNILAV that
-- follows: where there is a UNILAV start, the UNIURG start counts for nothing. The
-- planned end is that of the last event that decides: starts and extensions do,
-- even when they state none; of transformations those to open-ended, and others
-- only when they state one, because part time to full time leaves the plan as it was.
-- An open relationship is stale if nothing was heard of it since before
-- communications were compulsory, or since before the person was too old: its
-- start is heard too. An agency mission stays one, whatever becomes of its contract.
-- Joins compare short keys: checks/keys_shared.sql holds that no two pseudonyms share one.
SELECT person, employer, employer AS last_employer, start_key, start_on, end_on, stabilised_on, contract_group_no, sector_no, occupation_no, district_no,
       qualifying, stale, works
FROM marts.ties
WHERE start_key > 0 AND NOT in_doubt
UNION ALL
SELECT person, employer, last_employer, start_key, start_on, end_on, stabilised_on, contract_group_no, sector_no, occupation_no, district_no,
       qualifying, stale, works
FROM marts.retold
