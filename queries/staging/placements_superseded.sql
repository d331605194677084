-- title.it: Versioni superate degli eventi
-- title.en: Superseded versions of events
-- description.it: Per ogni evento di comunicazione obbligatoria consegnato più di una volta: le righe che una versione più recente sostituisce.
-- description.en: For each event of a compulsory communication delivered more than once: the rows that a later version replaces.
-- grain: load_id, line
-- materialize: table

-- The latest version wins whatever the order in which deliveries arrived:
-- first by the supplier's own date, then by the date of issue. Keys are counted
-- by a short hash: two that share one are only looked at once more.
WITH current AS NOT MATERIALIZED (
  SELECT d.event_id, d.received_on, l.issue_order, d.load_id, d.line
  FROM raw.placements d
  JOIN ledger.current_loads l ON l.load_id = d.load_id
), repeated AS (
  SELECT hash(event_id) AS event FROM current GROUP BY event HAVING count(*) > 1
)
SELECT c.load_id, c.line
FROM current c
SEMI JOIN repeated r ON r.event = hash(c.event_id)
QUALIFY row_number() OVER (
  PARTITION BY c.event_id
  ORDER BY c.received_on DESC, c.issue_order DESC, c.line DESC
) > 1
