-- title.it: Rapporti di lavoro della regione
-- title.en: Work relationships of the region
-- description.it: I rapporti che contano come lavoro e non sono inattendibili, con il territorio della sede di lavoro; la trasformazione solo se il rapporto quel giorno era in corso.
-- description.en: The relationships that count as work and have not gone stale, with the territory of the workplace; the transformation only if the relationship was running that day.
-- grain: start_key
-- column.employer.it: chiave breve dello pseudonimo del datore dell'avviamento
-- column.employer.en: short key of the pseudonym of the employer of the start
-- column.last_employer.it: chiave breve dello pseudonimo del datore alla fine
-- column.last_employer.en: short key of the pseudonym of the employer in the end

-- A communication tells the comune of the workplace and no job centre: where
-- several territories share a comune, nobody can say which of them it is.
SELECT start_key, employer, last_employer, district_no, contract_group_no, sector_no, occupation_no, start_on, end_on,
       CASE WHEN stabilised_on BETWEEN start_on AND coalesce(end_on, stabilised_on) THEN stabilised_on END AS stabilised_on
FROM marts.spans
WHERE works AND district_no > 0
