-- title.it: Convocazioni valide
-- title.en: Convocations in force
-- description.it: Una riga per convocazione: l'ultima versione consegnata.
-- description.en: One row per call to appear: its latest delivered version.
-- grain: convocation_id
-- materialize: table

-- The latest version wins whatever the order in which deliveries arrived:
-- first by the supplier's own date, then by the date of issue.
-- Nearly every row came once: only the others are sorted.
WITH current AS NOT MATERIALIZED (
  SELECT d.convocation_id, d.person_id, d.registration_id, d.cpi, d.called_for, d.outcome, d.updated_on,
         l.issue_order, d.line
  FROM raw.convocations d
  JOIN ledger.current_loads l ON l.load_id = d.load_id
), repeated AS (
  SELECT convocation_id FROM current GROUP BY convocation_id HAVING count(*) > 1
), latest AS (
  SELECT c.convocation_id, c.person_id, c.registration_id, c.cpi, c.called_for, c.outcome, c.updated_on
  FROM current c
  SEMI JOIN repeated r ON r.convocation_id = c.convocation_id
  QUALIFY row_number() OVER (
    PARTITION BY c.convocation_id
    ORDER BY c.updated_on DESC, c.issue_order DESC, c.line DESC
  ) = 1
)
SELECT c.convocation_id, c.person_id, c.registration_id, c.cpi, c.called_for, c.outcome, c.updated_on
FROM current c
ANTI JOIN repeated r ON r.convocation_id = c.convocation_id
UNION ALL
SELECT convocation_id, person_id, registration_id, cpi, called_for, outcome, updated_on
FROM latest
