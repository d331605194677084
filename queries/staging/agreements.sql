-- title.it: Patti di servizio validi
-- title.en: Agreements in force
-- description.it: Una riga per patto di servizio personalizzato: l'ultima versione consegnata.
-- description.en: One row per personalised service agreement: its latest delivered version.
-- grain: agreement_id
-- materialize: table

-- The latest version wins whatever the order in which deliveries arrived:
-- first by the supplier's own date, then by the date of issue.
-- Nearly every row came once: only the others are sorted.
WITH current AS NOT MATERIALIZED (
  SELECT d.agreement_id, d.person_id, d.registration_id, d.signed_on, d.programme, d.path,
         d.assessed_on, d.team_assessed, d.fragility_score, d.planned_leps, d.closed_on,
         d.close_reason, d.updated_on,
         l.issue_order, d.line
  FROM raw.agreements d
  JOIN ledger.current_loads l ON l.load_id = d.load_id
), repeated AS (
  SELECT hash(agreement_id) AS agreement FROM current GROUP BY agreement HAVING count(*) > 1
), latest AS (
  SELECT c.agreement_id, c.person_id, c.registration_id, c.signed_on, c.programme, c.path,
         c.assessed_on, c.team_assessed, c.fragility_score, c.planned_leps, c.closed_on,
         c.close_reason, c.updated_on
  FROM current c
  SEMI JOIN repeated r ON r.agreement = hash(c.agreement_id)
  QUALIFY row_number() OVER (
    PARTITION BY c.agreement_id
    ORDER BY c.updated_on DESC, c.issue_order DESC, c.line DESC
  ) = 1
)
SELECT c.agreement_id, c.person_id, c.registration_id, c.signed_on, c.programme, c.path,
       c.assessed_on, c.team_assessed, c.fragility_score, c.planned_leps, c.closed_on,
       c.close_reason, c.updated_on
FROM current c
ANTI JOIN repeated r ON r.agreement = hash(c.agreement_id)
UNION ALL
SELECT agreement_id, person_id, registration_id, signed_on, programme, path, assessed_on,
       team_assessed, fragility_score, planned_leps, closed_on, close_reason, updated_on
FROM latest
