-- title.it: Qualità dei dati
-- title.en: Quality of the data
-- description.it: Quante righe valide nella forma non possono essere usate o collegate, per motivo. Sono attese in dati reali: si contano, non fermano un rilascio.
-- description.en: How many rows that are valid in form cannot be used or linked, by reason. They are expected in real data: they are counted and do not stop a release.
-- grain: reason
-- materialize: table
-- column.cases.it: righe o rapporti
-- column.cases.en: rows or relationships

WITH known_events AS (
  SELECT event_id FROM staging.placements
)
SELECT 'correction_of_unknown_event' AS reason, count(*) AS cases
FROM staging.placements e
ANTI JOIN known_events k ON k.event_id = e.corrects
WHERE e.corrects IS NOT NULL
UNION ALL
SELECT 'relationship_without_start', count(DISTINCT e.relationship_id)
FROM marts.valid_events e
ANTI JOIN marts.relationships r ON r.relationship_id = e.relationship_id
UNION ALL
SELECT 'relationship_ends_before_start', count(*)
FROM marts.relationships
WHERE end_on < start_on
UNION ALL
SELECT 'stale_spell', count(*)
FROM marts.spells
WHERE qualifying AND stale
UNION ALL
SELECT 'workplace_outside_region', count(*)
FROM marts.spells s
ANTI JOIN reference.comuni c ON c.comune = s.workplace_comune
WHERE s.qualifying
UNION ALL
SELECT 'agreement_without_registration', count(*)
FROM staging.agreements a
ANTI JOIN marts.agreements r ON r.agreement_id = a.agreement_id
UNION ALL
SELECT 'activity_without_district', count(*)
FROM marts.activities
WHERE district IS NULL
