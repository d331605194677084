-- title.it: Rapporti comunicati, in breve
-- title.en: Communicated relationships, in short
-- description.it: Ogni rapporto di cui parla un evento valido, anche senza avviamento: ciò che i suoi eventi dicono insieme. Dove l'ordine degli eventi decide parla marts.retold.
-- description.en: Each relationship that a valid event speaks of, even without a start: what its events tell together. Where the order of events decides marts.retold speaks.
-- grain: start_key
-- materialize: table
-- column.start_key.it: carico e riga dell'avviamento; negativo: nessuno
-- column.start_key.en: load and line of the start; negative: none
-- column.relationship.it: chiave breve del rapporto, solo se è in dubbio: gli altri si ritrovano dall'avviamento
-- column.relationship.en: short key of the relationship, only where it is in doubt: the others are found by their start
-- column.works.it: conta come lavoro e non è in dubbio: contratto che vale, non finito prima di cominciare, non aperto da troppo tempo
-- column.works.en: counts as work and is not in doubt: a contract that qualifies, not ended before it began, not open for too long
-- column.in_doubt.it: più avviamenti, più termini dello stesso giorno, o un passaggio ad altro datore: deciso in marts.retold
-- column.in_doubt.en: several starts, several planned ends of one day, or a transfer to another employer: settled in marts.retold

-- What follows a start is put together by relationship first, in few bytes, and
-- then meets the starts; nothing is sorted. Days are counted from 1900 in two
-- bytes. Of the planned ends the last counts, by day of the event and of receipt:
-- the two days (20 bits each) and the planned end (22 bits, 0 for none) are one
-- number, whose greatest is kept, once with the planned end turned round. Where
-- both tell the same end no other event can have decided; where they do not, or a
-- day has no place in its bits, the relationship is in doubt, and so it is with
-- several starts and with a transfer, which is told by anything but a start.
WITH stabilising AS (
  SELECT coalesce(list(code), []) AS codes FROM reference.transformations WHERE stabilises
), begun AS NOT MATERIALIZED (
  SELECT relationship, person, employer, start_key, event_on, form, contract_group_no, sector_no, occupation_no, district_no, qualifying,
         CASE WHEN event_on BETWEEN DATE '1900-01-01' AND DATE '4000-01-01' AND received_on BETWEEN DATE '1900-01-01' AND DATE '4000-01-01'
                   AND coalesce(planned_end_on BETWEEN DATE '1900-01-01' AND DATE '9999-12-31', true)
              THEN CAST(event_on - DATE '1900-01-01' AS BIGINT) * 4398046511104 + (received_on - DATE '1900-01-01') * 4194304
              ELSE 4611686018427387904 END AS told_at,
         coalesce(planned_end_on - DATE '1900-01-01' + 1, 0) AS plan
  FROM marts.starts
), unsettled AS (
  SELECT hash(relationship_id) AS relationship
  FROM marts.valid_events
  WHERE event = 'start'
  GROUP BY relationship
  HAVING count(*) > 1
  UNION
  SELECT hash(relationship_id)
  FROM marts.valid_events
  WHERE form = 'VARDATORI' AND event <> 'start'
), after AS (
  SELECT relationship, event, event_on, planned_end_on, received_on, stabilises,
         (event = 'extension' AND form <> 'VARDATORI') OR (event <> 'end' AND (planned_end_on IS NOT NULL OR stabilises)) AS decides,
         event_on BETWEEN DATE '1900-01-01' AND DATE '2079-01-01' AS datable
  FROM (
    SELECT hash(e.relationship_id) AS relationship, e.event, e.event_on, e.planned_end_on, e.form, e.received_on,
           e.transformation IS NOT NULL AND e.form <> 'VARDATORI' AND list_contains(t.codes, e.transformation) AS stabilises
    FROM marts.valid_events e
    CROSS JOIN stabilising t
    WHERE e.event <> 'start'
  ) e
), dated AS (
  SELECT relationship, event, stabilises, CAST(CASE WHEN datable THEN event_on - DATE '1900-01-01' ELSE 65535 END AS USMALLINT) AS day,
         CASE WHEN decides AND datable AND received_on BETWEEN DATE '1900-01-01' AND DATE '4000-01-01'
                   AND coalesce(planned_end_on BETWEEN DATE '1900-01-01' AND DATE '9999-12-31', true)
              THEN CAST(event_on - DATE '1900-01-01' AS BIGINT) * 4398046511104 + (received_on - DATE '1900-01-01') * 4194304
              WHEN decides OR NOT coalesce(datable, false) THEN 4611686018427387904 END AS told_at,
         coalesce(planned_end_on - DATE '1900-01-01' + 1, 0) AS plan
  FROM after
), followed AS (
  SELECT relationship, max(CASE WHEN event = 'end' THEN day END) AS ceased, min(CASE WHEN event = 'transformation' AND stabilises THEN day END) AS stabilised,
         max(CASE WHEN event <> 'end' THEN day END) AS heard,
         max(CASE WHEN told_at < 4611686018427387904 THEN told_at + plan ELSE told_at END) AS latest,
         max(CASE WHEN told_at < 4611686018427387904 THEN told_at + 4194303 - plan ELSE told_at END) AS turned
  FROM dated
  GROUP BY relationship
), met AS (
  SELECT coalesce(s.relationship, f.relationship) AS relationship, s.person, s.employer, coalesce(s.start_key, -1 - CAST(f.relationship >> 1 AS BIGINT)) AS start_key, s.event_on AS start_on,
         s.form, s.contract_group_no, s.sector_no, s.occupation_no, s.district_no, s.qualifying,
         DATE '1900-01-01' + CAST(f.ceased AS INTEGER) AS ceased_on, DATE '1900-01-01' + CAST(f.stabilised AS INTEGER) AS stabilised_on,
         greatest(s.event_on, DATE '1900-01-01' + CAST(f.heard AS INTEGER)) AS heard_on,
         greatest(CASE WHEN s.told_at < 4611686018427387904 THEN s.told_at + s.plan ELSE s.told_at END, f.latest) AS latest,
         greatest(CASE WHEN s.told_at < 4611686018427387904 THEN s.told_at + 4194303 - s.plan ELSE s.told_at END, f.turned) AS turned
  FROM begun s
  FULL JOIN followed f ON f.relationship = s.relationship
), ended AS (
  SELECT m.relationship, m.person, m.employer, m.start_key, m.start_on, m.form, m.contract_group_no, m.sector_no, m.occupation_no, m.district_no, m.qualifying,
         m.stabilised_on, m.heard_on, l.last_silent_year,
         coalesce(m.ceased_on, CASE WHEN l.planned_if_missing AND m.latest % 4194304 > 0 THEN DATE '1900-01-01' + CAST(m.latest % 4194304 - 1 AS INTEGER) END) AS end_on,
         m.latest >= 4611686018427387904 OR (m.ceased_on IS NULL AND m.latest % 4194304 <> 4194303 - m.turned % 4194304) AS unsure
  FROM met m
  CROSS JOIN marts.silence_limits l
)
SELECT CASE WHEN in_doubt THEN relationship END AS relationship, person, employer, start_key, start_on, end_on, stabilised_on,
       contract_group_no, sector_no, occupation_no, district_no,
       qualifying, stale, NOT in_doubt AND qualifying AND CASE WHEN end_on IS NULL THEN NOT stale ELSE end_on >= start_on END AS works, in_doubt
FROM (
  SELECT e.relationship, e.person, e.employer, e.start_key, e.start_on, e.end_on,
         CASE WHEN e.form <> 'UNISOMM' THEN e.stabilised_on END AS stabilised_on,
         e.contract_group_no, e.sector_no, e.occupation_no, e.district_no, e.qualifying,
         e.end_on IS NULL AND year(e.heard_on) <= greatest(e.last_silent_year, n.last_silent_year) AS stale,
         e.start_key > 0 AND (u.relationship IS NOT NULL OR e.unsure) AS in_doubt
  FROM ended e
  LEFT JOIN unsettled u ON u.relationship = e.relationship
  LEFT JOIN marts.silences n ON n.person = e.person
) t
