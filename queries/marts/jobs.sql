-- title.it: Rapporti di lavoro della regione
-- title.en: Work relationships of the region
-- description.it: I rapporti che contano come lavoro e non sono inattendibili, con il territorio della sede di lavoro; la trasformazione solo se il rapporto quel giorno era in corso.
-- description.en: The relationships that count as work and have not gone stale, with the territory of the workplace; the transformation only if the relationship was running that day.
-- grain: relationship_id
-- column.district.it: territorio del comune della sede; restano fuori le sedi di altre regioni e dei comuni divisi fra più territori
-- column.district.en: territory of the comune of the workplace; workplaces elsewhere, and in comuni shared by several territories, are left out

-- A communication tells the comune of the workplace and no job centre: where
-- several territories share a comune, nobody can say which of them it is.
SELECT s.relationship_id, m.geo AS district, s.contract_group, s.sector_group AS sector, s.occupation, s.start_on, s.end_on,
       CASE WHEN s.stabilised_on BETWEEN s.start_on AND coalesce(s.end_on, s.stabilised_on) THEN s.stabilised_on END AS stabilised_on
FROM marts.spans s
JOIN reference.comuni m ON m.comune = s.workplace_comune
WHERE s.works AND m.geo IS NOT NULL
