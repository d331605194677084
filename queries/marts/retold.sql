-- title.it: Rapporti decisi dall'ordine degli eventi
-- title.en: Relationships settled by the order of events
-- description.it: I rapporti di marts.ties in dubbio: pochi, riletti evento per evento.
-- description.en: The relationships of marts.ties that are in doubt: few, read again event by event.
-- grain: relationship
-- materialize: table

-- An urgent communication (UNIURG) only announces the UNILAV that follows: where
-- there is a UNILAV start, the UNIURG start counts for nothing. The planned end
-- is that of the last event that decides, of one moment that with the greater identifier.
WITH doubtful AS (
  SELECT DISTINCT relationship FROM marts.ties WHERE in_doubt
), begun AS MATERIALIZED (
  SELECT s.event_id, s.relationship, s.person, s.employer, s.start_key, s.event_on, s.planned_end_on, s.received_on, s.form,
         s.contract_group_no, s.sector_no, s.occupation_no, s.district_no, s.qualifying
  FROM marts.starts s
  SEMI JOIN doubtful d ON d.relationship = s.relationship
), stabilising AS (
  SELECT code FROM reference.transformations WHERE stabilises
), judged AS MATERIALIZED (
  SELECT e.event_id, hash(e.relationship_id) AS relationship, e.event, e.event_on, e.planned_end_on, e.received_on,
         e.event = 'transformation' AND e.form <> 'VARDATORI' AND s.code IS NOT NULL AS stabilises,
         (e.event = 'extension' AND e.form <> 'VARDATORI')
           OR (e.event <> 'end' AND (e.planned_end_on IS NOT NULL OR (e.form <> 'VARDATORI' AND s.code IS NOT NULL))) AS decides
  FROM marts.valid_events e
  SEMI JOIN doubtful d ON d.relationship = hash(e.relationship_id)
  LEFT JOIN stabilising s ON s.code = e.transformation
  WHERE e.event <> 'start'
), followed AS (
  SELECT relationship, max(CASE WHEN event = 'end' THEN event_on END) AS ceased_on,
         min(CASE WHEN stabilises THEN event_on END) AS stabilised_on, max(CASE WHEN event <> 'end' THEN event_on END) AS heard_on
  FROM judged
  GROUP BY relationship
), announced AS (
  SELECT relationship FROM begun GROUP BY relationship HAVING bool_or(form = 'UNILAV')
), starting AS (
  SELECT b.event_id, b.relationship, b.person, b.employer, b.start_key, b.event_on, b.planned_end_on, b.received_on, b.form,
         b.contract_group_no, b.sector_no, b.occupation_no, b.district_no, b.qualifying
  FROM begun b
  LEFT JOIN announced a ON a.relationship = b.relationship
  WHERE a.relationship IS NULL OR b.form <> 'UNIURG'
), chosen AS (
  SELECT relationship, person, employer, start_key, event_on, form, contract_group_no, sector_no, occupation_no, district_no, qualifying
  FROM starting
  QUALIFY row_number() OVER (PARTITION BY relationship ORDER BY event_on, event_id) = 1
), plans AS (
  SELECT relationship, planned_end_on
  FROM (
    SELECT relationship, planned_end_on, event_on, received_on, event_id FROM starting
    UNION ALL
    SELECT relationship, planned_end_on, event_on, received_on, event_id FROM judged WHERE decides
  )
  QUALIFY row_number() OVER (PARTITION BY relationship ORDER BY event_on DESC, received_on DESC, event_id DESC) = 1
), transfers AS (
  -- where anything but a start told of a transfer, the last that told of one has the relationship
  SELECT relationship, employer
  FROM (
    SELECT relationship, employer, bool_or(event <> 'start') OVER (PARTITION BY relationship) AS transferred,
           row_number() OVER (PARTITION BY relationship ORDER BY event_on DESC, received_on DESC, event_id DESC) AS place
    FROM (SELECT hash(relationship_id) AS relationship, hash(employer_id) AS employer, event, event_on, received_on, event_id
          FROM marts.valid_events WHERE form = 'VARDATORI') v
  ) t
  WHERE transferred AND place = 1
), lived AS (
  SELECT s.relationship, s.person, s.employer, coalesce(t.employer, s.employer) AS last_employer, s.start_key, s.event_on AS start_on,
         coalesce(f.ceased_on, CASE WHEN l.planned_if_missing THEN p.planned_end_on END) AS end_on,
         CASE WHEN s.form <> 'UNISOMM' THEN f.stabilised_on END AS stabilised_on,
         greatest(s.event_on, coalesce(f.heard_on, s.event_on)) AS heard_on,
         s.contract_group_no, s.sector_no, s.occupation_no, s.district_no, s.qualifying, l.last_silent_year
  FROM chosen s
  CROSS JOIN marts.silence_limits l
  LEFT JOIN transfers t ON t.relationship = s.relationship
  LEFT JOIN plans p ON p.relationship = s.relationship
  LEFT JOIN followed f ON f.relationship = s.relationship
)
SELECT relationship, person, employer, last_employer, start_key, start_on, end_on, stabilised_on, contract_group_no, sector_no, occupation_no, district_no,
       qualifying, stale, qualifying AND CASE WHEN end_on IS NULL THEN NOT stale ELSE end_on >= start_on END AS works
FROM (
  SELECT s.relationship, s.person, s.employer, s.last_employer, s.start_key, s.start_on, s.end_on, s.stabilised_on,
         s.contract_group_no, s.sector_no, s.occupation_no, s.district_no, s.qualifying,
         s.end_on IS NULL AND year(s.heard_on) <= greatest(s.last_silent_year, n.last_silent_year) AS stale
  FROM lived s
  LEFT JOIN marts.silences n ON n.person = s.person
) t
