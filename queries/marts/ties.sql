-- title.it: Rapporti comunicati, in breve
-- title.en: Communicated relationships, in short
-- description.it: Ogni rapporto di cui parla un evento valido, anche senza avviamento: ciò che i suoi eventi dicono insieme. Dove l'ordine degli eventi decide parla marts.retold.
-- description.en: Each relationship that a valid event speaks of, even without a start: what its events tell together. Where the order of events decides marts.retold speaks.
-- grain: relationship
-- materialize: table
-- column.start_key.it: carico e riga dell'avviamento; vuoto: nessuno
-- column.start_key.en: load and line of the start; empty: none
-- column.passed_to.it: chiave breve del datore cui il rapporto è passato; vuoto: nessuno
-- column.passed_to.en: short key of the employer whom the relationship passed to; empty: none
-- column.in_doubt.it: più avviamenti, o più termini dello stesso giorno: deciso in marts.retold
-- column.in_doubt.en: several starts, or several planned ends of one day: settled in marts.retold

-- Events are read once and put together by relationship; nothing is sorted.
-- Of the planned ends the last counts, by day of the event and of receipt: the
-- two days (20 bits each, from 1900) and the planned end (22 bits, 0 for none)
-- are one number, whose greatest is kept, once with the planned end turned
-- round. Where both tell the same end no other event can have decided; where they do
-- not, or a day has no place in its bits, the relationship is in doubt.
WITH stabilising AS (
  SELECT coalesce(list(code), []) AS codes FROM reference.transformations WHERE stabilises
), limits AS (
  SELECT c.complete_to,
         (SELECT value FROM reference.parameters WHERE name = 'stale_age') AS stale_age,
         (SELECT value FROM reference.parameters WHERE name = 'stale_start_year') AS stale_start_year,
         (SELECT value = 1 FROM reference.parameters WHERE name = 'end_rule') AS planned_if_missing
  FROM marts.completeness c
  WHERE c.contract = 'placements'
), aged AS (
  -- few: who may be too old for a job that nothing was heard of, by her latest registration
  SELECT r.person, r.birth_year + l.stale_age AS last_year
  FROM marts.entries r
  CROSS JOIN limits l
  WHERE r.next_on IS NULL AND year(l.complete_to) - r.birth_year > l.stale_age
), judged AS (
  SELECT hash(e.relationship_id) AS relationship, e.event, e.event_on, e.planned_end_on, e.form, e.received_on,
         e.transformation IS NOT NULL AND e.form <> 'VARDATORI' AND list_contains(t.codes, e.transformation) AS stabilises
  FROM marts.valid_events e
  CROSS JOIN stabilising t
  WHERE e.event <> 'start'
), told AS (
  SELECT relationship, person, employer, start_key, event_on AS start_on,
         ((((CAST(coalesce(district_no + 1, 0) AS BIGINT) * 1000 + contract_group_no) * 1000 + sector_no) * 1000 + occupation_no) * 2
           + CAST(qualifying AS INTEGER)) * 2 + CAST(form = 'UNISOMM' AS INTEGER) AS traits,
         CAST(NULL AS DATE) AS ceased_on, CAST(NULL AS DATE) AS stabilised_on, event_on AS heard_on,
         true AS decides, event_on, received_on, planned_end_on
  FROM marts.starts
  UNION ALL
  SELECT relationship, NULL, NULL, NULL, NULL, NULL,
         CASE WHEN event = 'end' THEN event_on END, CASE WHEN event = 'transformation' AND stabilises THEN event_on END,
         CASE WHEN event <> 'end' THEN event_on END,
         (event = 'extension' AND form <> 'VARDATORI') OR (event <> 'end' AND (planned_end_on IS NOT NULL OR stabilises)),
         event_on, received_on, planned_end_on
  FROM judged
), dated AS (
  SELECT relationship, person, employer, start_key, start_on, traits, ceased_on, stabilised_on, heard_on,
         CASE WHEN decides AND event_on BETWEEN DATE '1900-01-01' AND DATE '4000-01-01' AND received_on BETWEEN DATE '1900-01-01' AND DATE '4000-01-01'
                   AND coalesce(planned_end_on BETWEEN DATE '1900-01-01' AND DATE '9999-12-31', true)
              THEN CAST(event_on - DATE '1900-01-01' AS BIGINT) * 4398046511104 + (received_on - DATE '1900-01-01') * 4194304
              WHEN decides THEN 4611686018427387904 END AS told_at,
         coalesce(planned_end_on - DATE '1900-01-01' + 1, 0) AS plan
  FROM told
), packed AS (
  SELECT relationship, count(start_key) AS starts, any_value(person) AS person, any_value(employer) AS employer, any_value(start_key) AS start_key,
         any_value(start_on) AS start_on, any_value(traits) AS traits, max(ceased_on) AS ceased_on, min(stabilised_on) AS stabilised_on,
         max(heard_on) AS heard_on,
         max(CASE WHEN told_at < 4611686018427387904 THEN told_at + plan ELSE told_at END) AS latest,
         max(CASE WHEN told_at < 4611686018427387904 THEN told_at + 4194303 - plan ELSE told_at END) AS turned
  FROM dated
  GROUP BY relationship
), ended AS (
  SELECT relationship, starts, person, employer, start_key, start_on, traits, stabilised_on, heard_on, ceased_on IS NULL AND coalesce(latest % 4194304 <> 4194303 - turned % 4194304, false) AS unsure,
         coalesce(ceased_on, CASE WHEN l.planned_if_missing AND latest % 4194304 > 0 THEN DATE '1900-01-01' + CAST(latest % 4194304 - 1 AS INTEGER) END) AS end_on,
         l.stale_start_year
  FROM packed
  CROSS JOIN limits l
), transfers AS (
  -- few: where anything but a start told of a transfer, the last that told of one has the relationship
  SELECT relationship, employer
  FROM (
    SELECT relationship, employer, bool_or(event <> 'start') OVER (PARTITION BY relationship) AS transferred,
           row_number() OVER (PARTITION BY relationship ORDER BY event_on DESC, received_on DESC, event_id DESC) AS place
    FROM (SELECT hash(relationship_id) AS relationship, hash(employer_id) AS employer, event, event_on, received_on, event_id
          FROM marts.valid_events WHERE form = 'VARDATORI') v
  ) t
  WHERE transferred AND place = 1
)
SELECT e.relationship, e.person, e.employer, t.employer AS passed_to, e.start_key, e.start_on, e.end_on,
       CASE WHEN e.traits % 2 = 0 THEN e.stabilised_on END AS stabilised_on,
       CAST(e.traits // 4000000 % 1000 AS SMALLINT) AS contract_group_no, CAST(e.traits // 4000 % 1000 AS SMALLINT) AS sector_no,
       CAST(e.traits // 4 % 1000 AS SMALLINT) AS occupation_no, CAST(nullif(e.traits // 4000000000, 0) - 1 AS SMALLINT) AS district_no,
       e.traits // 2 % 2 = 1 AS qualifying,
       e.end_on IS NULL AND (year(e.heard_on) < e.stale_start_year OR coalesce(year(e.heard_on) <= n.last_year, false)) AS stale,
       e.starts > 1 OR (e.starts = 1 AND e.unsure) AS in_doubt
FROM ended e
LEFT JOIN aged n ON n.person = e.person
LEFT JOIN transfers t ON t.relationship = e.relationship
