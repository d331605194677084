-- title.it: Eventi validi delle comunicazioni
-- title.en: Valid events of communications
-- description.it: Gli eventi non annullati e che nessun altro evento rettifica.
-- description.en: Events that are not cancelled and that no other event corrects.
-- grain: event_id

-- Of a chain of corrections only the last link stays. If that link is
-- cancelled nothing stays: those before it remain corrected. Rows are left out by
-- load and line: to read the identifier of each event took longer than what counts.
SELECT e.event_id, e.relationship_id, e.person_id, e.employer_id, e.event, e.event_on, e.planned_end_on,
       e.contract, e.transformation, e.sector, e.sector_version, e.occupation, e.occupation_version,
       e.workplace_comune, e.form, e.received_on, CAST(e.load_id AS BIGINT) * 4294967296 + e.line AS start_key
FROM staging.placements e
ANTI JOIN marts.corrected_events c ON c.load_id = e.load_id AND c.line = e.line
WHERE NOT coalesce(e.cancelled, false)
