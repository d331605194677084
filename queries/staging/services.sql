-- title.it: Prestazioni valide
-- title.en: Services in force
-- description.it: Una riga per prestazione LEP o attività: l'ultima versione consegnata.
-- description.en: One row per LEP service or activity: its latest delivered version.
-- grain: service_id

-- The latest version wins whatever the order in which deliveries arrived:
-- first by the supplier's own date, then by the date of issue.
-- Nearly every row came once: only the others are sorted.
WITH current AS NOT MATERIALIZED (
  SELECT d.service_id, d.beneficiary_kind, d.person_id, d.employer_id, d.registration_id, d.lep,
         d.measure, d.sap_code, d.last_event, d.proposed_on, d.started_on, d.ended_on,
         d.provider_kind, d.provider, d.channel, d.programme, d.hours, d.standard_cost_eur,
         d.updated_on,
         l.issue_order, d.line
  FROM raw.services d
  JOIN ledger.current_loads l ON l.load_id = d.load_id
), repeated AS (
  SELECT service_id FROM current GROUP BY service_id HAVING count(*) > 1
), latest AS (
  SELECT c.service_id, c.beneficiary_kind, c.person_id, c.employer_id, c.registration_id, c.lep,
         c.measure, c.sap_code, c.last_event, c.proposed_on, c.started_on, c.ended_on,
         c.provider_kind, c.provider, c.channel, c.programme, c.hours, c.standard_cost_eur,
         c.updated_on
  FROM current c
  SEMI JOIN repeated r ON r.service_id = c.service_id
  QUALIFY row_number() OVER (
    PARTITION BY c.service_id
    ORDER BY c.updated_on DESC, c.issue_order DESC, c.line DESC
  ) = 1
)
SELECT c.service_id, c.beneficiary_kind, c.person_id, c.employer_id, c.registration_id, c.lep,
       c.measure, c.sap_code, c.last_event, c.proposed_on, c.started_on, c.ended_on,
       c.provider_kind, c.provider, c.channel, c.programme, c.hours, c.standard_cost_eur,
       c.updated_on
FROM current c
ANTI JOIN repeated r ON r.service_id = c.service_id
UNION ALL
SELECT service_id, beneficiary_kind, person_id, employer_id, registration_id, lep, measure,
       sap_code, last_event, proposed_on, started_on, ended_on, provider_kind, provider, channel,
       programme, hours, standard_cost_eur, updated_on
FROM latest
