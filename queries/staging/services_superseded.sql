-- title.it: Prestazioni consegnate più volte
-- title.en: Services delivered more than once
-- description.it: Di ogni prestazione consegnata più di una volta: le righe che una versione più recente sostituisce.
-- description.en: For each service delivered more than once: the rows that a later version replaces.
-- grain: load_id, line
-- materialize: table

-- The latest version wins whatever the order in which deliveries arrived:
-- first by the supplier's own date, then by the date of issue. Keys are counted
-- by a short hash: two that share one are only looked at once more.
WITH current AS NOT MATERIALIZED (
  SELECT d.service_id, d.updated_on, l.issue_order, d.load_id, d.line
  FROM raw.services d
  JOIN ledger.current_loads l ON l.load_id = d.load_id
), repeated AS (
  SELECT hash(service_id) AS service FROM current GROUP BY service HAVING count(*) > 1
)
SELECT c.load_id, c.line
FROM current c
SEMI JOIN repeated r ON r.service = hash(c.service_id)
QUALIFY row_number() OVER (
  PARTITION BY c.service_id
  ORDER BY c.updated_on DESC, c.issue_order DESC, c.line DESC
) > 1
