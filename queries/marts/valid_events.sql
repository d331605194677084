-- title.it: Eventi validi delle comunicazioni
-- title.en: Valid events of communications
-- description.it: Gli eventi non annullati e che nessun altro evento rettifica.
-- description.en: Events that are not cancelled and that no other event corrects.
-- grain: event_id

-- Of a chain of corrections only the last link stays. If that link is
-- cancelled nothing stays: those before it remain corrected.
WITH corrected AS (
  SELECT DISTINCT corrects AS event_id
  FROM staging.placements
  WHERE corrects IS NOT NULL AND corrects <> event_id
)
SELECT e.event_id, e.relationship_id, e.person_id, e.employer_id, e.event, e.event_on, e.planned_end_on,
       e.contract, e.transformation, e.sector, e.sector_version, e.occupation, e.occupation_version,
       e.workplace_comune, e.form, e.received_on, CAST(e.load_id AS BIGINT) * 4294967296 + e.line AS start_key
FROM staging.placements e
ANTI JOIN corrected c ON c.event_id = e.event_id
WHERE NOT coalesce(e.cancelled, false)
