-- title.it: Sostegni al reddito
-- title.en: Income support
-- description.it: Una riga per periodo di sostegno al reddito: l'ultima versione consegnata.
-- description.en: One row per spell of income support: its latest delivered version.
-- grain: benefit_id
-- materialize: table

-- The latest version wins whatever the order in which deliveries arrived:
-- first by the supplier's own date, then by the date of issue.
-- Nearly every row came once: only the others are sorted.
WITH current AS NOT MATERIALIZED (
  SELECT d.benefit_id, d.person_id, d.kind, d.started_on, d.ended_on, d.updated_on,
         l.issue_order, d.line
  FROM raw.benefits d
  JOIN ledger.current_loads l ON l.load_id = d.load_id
), repeated AS (
  SELECT benefit_id FROM current GROUP BY benefit_id HAVING count(*) > 1
), latest AS (
  SELECT c.benefit_id, c.person_id, c.kind, c.started_on, c.ended_on, c.updated_on
  FROM current c
  SEMI JOIN repeated r ON r.benefit_id = c.benefit_id
  QUALIFY row_number() OVER (
    PARTITION BY c.benefit_id
    ORDER BY c.updated_on DESC, c.issue_order DESC, c.line DESC
  ) = 1
)
SELECT c.benefit_id, c.person_id, c.kind, c.started_on, c.ended_on, c.updated_on
FROM current c
ANTI JOIN repeated r ON r.benefit_id = c.benefit_id
UNION ALL
SELECT benefit_id, person_id, kind, started_on, ended_on, updated_on
FROM latest
