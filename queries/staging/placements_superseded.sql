-- title.it: Versioni superate degli eventi
-- title.en: Superseded versions of events
-- description.it: Per ogni evento di comunicazione obbligatoria consegnato più di una volta: le righe che una versione più recente sostituisce.
-- description.en: For each event of a compulsory communication delivered more than once: the rows that a later version replaces.
-- grain: load_id, line
-- materialize: table

-- The latest version wins whatever the order in which deliveries arrived:
-- first by the supplier's own date, then by the date of issue. In one delivery
-- a key comes once (of several rows ingest takes the latest): so no key of the
-- largest delivery is counted, they are only looked for among the others. Keys
-- are compared by a short hash: two that share one are only looked at once more.
WITH sizes AS (
  SELECT d.load_id, count(*) AS size
  FROM raw.placements d
  SEMI JOIN ledger.current_loads l ON l.load_id = d.load_id
  GROUP BY d.load_id
), loads AS (
  SELECT l.load_id, l.issue_order, row_number() OVER (ORDER BY s.size DESC, s.load_id) = 1 AS largest
  FROM sizes s
  JOIN ledger.current_loads l ON l.load_id = s.load_id
), others AS (
  SELECT hash(d.event_id) AS event
  FROM raw.placements d
  SEMI JOIN (SELECT load_id FROM loads WHERE NOT largest) l ON l.load_id = d.load_id
), repeated AS (
  SELECT event FROM others GROUP BY event HAVING count(*) > 1
  UNION
  SELECT hash(d.event_id) AS event
  FROM raw.placements d
  SEMI JOIN others o ON o.event = hash(d.event_id)
  SEMI JOIN (SELECT load_id FROM loads WHERE largest) l ON l.load_id = d.load_id
)
SELECT d.load_id, d.line
FROM raw.placements d
SEMI JOIN repeated r ON r.event = hash(d.event_id)
JOIN loads l ON l.load_id = d.load_id
QUALIFY row_number() OVER (
  PARTITION BY d.event_id
  ORDER BY d.received_on DESC, l.issue_order DESC, d.line DESC
) > 1
