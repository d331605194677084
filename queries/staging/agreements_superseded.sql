-- title.it: Patti consegnati più volte
-- title.en: Agreements delivered more than once
-- description.it: Di ogni patto consegnato più di una volta: le righe che una versione più recente sostituisce.
-- description.en: For each agreement delivered more than once: the rows that a later version replaces.
-- grain: load_id, line
-- materialize: table

-- The latest version wins whatever the order in which deliveries arrived:
-- first by the supplier's own date, then by the date of issue. In one delivery
-- a key comes once (of several rows ingest takes the latest): so no key of the
-- largest delivery is counted, they are only looked for among the others. Keys
-- are compared by a short hash: two that share one are only looked at once more.
WITH sizes AS (
  SELECT d.load_id, count(*) AS size
  FROM raw.agreements d
  SEMI JOIN ledger.current_loads l ON l.load_id = d.load_id
  GROUP BY d.load_id
), loads AS (
  SELECT l.load_id, l.issue_order, row_number() OVER (ORDER BY s.size DESC, s.load_id) = 1 AS largest
  FROM sizes s
  JOIN ledger.current_loads l ON l.load_id = s.load_id
), others AS (
  SELECT hash(d.agreement_id) AS agreement
  FROM raw.agreements d
  SEMI JOIN (SELECT load_id FROM loads WHERE NOT largest) l ON l.load_id = d.load_id
), repeated AS (
  SELECT agreement FROM others GROUP BY agreement HAVING count(*) > 1
  UNION
  SELECT hash(d.agreement_id) AS agreement
  FROM raw.agreements d
  SEMI JOIN others o ON o.agreement = hash(d.agreement_id)
  SEMI JOIN (SELECT load_id FROM loads WHERE largest) l ON l.load_id = d.load_id
)
SELECT d.load_id, d.line
FROM raw.agreements d
SEMI JOIN repeated r ON r.agreement = hash(d.agreement_id)
JOIN loads l ON l.load_id = d.load_id
QUALIFY row_number() OVER (
  PARTITION BY d.agreement_id
  ORDER BY d.updated_on DESC, l.issue_order DESC, d.line DESC
) > 1
