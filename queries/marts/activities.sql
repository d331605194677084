-- title.it: Attività valide
-- title.en: Valid activities
-- description.it: Le prestazioni iniziate e non respinte, rifiutate, annullate o cancellate, con il territorio a cui si attribuiscono.
-- description.en: Services begun and not rejected, refused, annulled or deleted, with the territory they are attributed to.
-- grain: service_id
-- column.district.it: territorio della persona o, per i datori di lavoro, della sede dell'operatore; vuoto se non attribuibile
-- column.district.en: territory of the person or, for employers, of the provider's site; empty where none can be told

-- For reading: counts ask marts.deeds.
SELECT s.service_id, s.beneficiary_kind, s.person_id, d.person, s.lep, d.lep_no, s.measure, s.started_on, s.provider_kind, s.standard_cost_eur, g.code AS district
FROM marts.deeds d
JOIN staging.services s ON CAST(s.load_id AS BIGINT) * 4294967296 + s.line = d.deed
LEFT JOIN marts.code_numbers g ON g.list = 'geo' AND g.number = d.district_no
