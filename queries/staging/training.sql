-- title.it: Iscrizioni a corsi
-- title.en: Enrolments in courses
-- description.it: Una riga per iscrizione di una persona a un corso di formazione: l'ultima versione consegnata.
-- description.en: One row per enrolment of a person in a training course: its latest delivered version.
-- grain: enrolment_id
-- materialize: table

-- The latest version wins whatever the order in which deliveries arrived:
-- first by the supplier's own date, then by the date of issue.
-- Nearly every row came once: only the others are sorted.
WITH current AS NOT MATERIALIZED (
  SELECT d.enrolment_id, d.person_id, d.course, d.started_on, d.ended_on, d.hours, d.status,
         d.qualification, d.digital, d.programme, d.provider, d.fund, d.updated_on,
         l.issue_order, d.line
  FROM raw.training d
  JOIN ledger.current_loads l ON l.load_id = d.load_id
), repeated AS (
  SELECT enrolment_id FROM current GROUP BY enrolment_id HAVING count(*) > 1
), latest AS (
  SELECT c.enrolment_id, c.person_id, c.course, c.started_on, c.ended_on, c.hours, c.status,
         c.qualification, c.digital, c.programme, c.provider, c.fund, c.updated_on
  FROM current c
  SEMI JOIN repeated r ON r.enrolment_id = c.enrolment_id
  QUALIFY row_number() OVER (
    PARTITION BY c.enrolment_id
    ORDER BY c.updated_on DESC, c.issue_order DESC, c.line DESC
  ) = 1
)
SELECT c.enrolment_id, c.person_id, c.course, c.started_on, c.ended_on, c.hours, c.status,
       c.qualification, c.digital, c.programme, c.provider, c.fund, c.updated_on
FROM current c
ANTI JOIN repeated r ON r.enrolment_id = c.enrolment_id
UNION ALL
SELECT enrolment_id, person_id, course, started_on, ended_on, hours, status, qualification, digital,
       programme, provider, fund, updated_on
FROM latest
