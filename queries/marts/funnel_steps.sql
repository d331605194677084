-- title.it: Passi dopo l'iscrizione
-- title.en: Steps after registration
-- description.it: Per la prima iscrizione della persona nel trimestre: dopo quanti giorni è arrivato ciascun passo, se è arrivato entro il termine, e il programma del primo patto.
-- description.en: For the first registration of the person in the quarter: after how many days each step came, if it came within the term, and the programme of the first agreement.
-- grain: person_id, quarter
-- materialize: table
-- column.programme.it: programma del primo patto firmato entro il termine; none se non ce n'è
-- column.programme.en: programme of the first agreement signed within the term; none where there is none
-- column.placement_days.it: giorni al primo rapporto di lavoro iniziato dopo il giorno dell'iscrizione
-- column.placement_days.en: days to the first job begun after the day of registration

-- Each step is looked for by itself: none waits for the one before, so that
-- what was recorded out of order is not lost. Each join takes the first event on
-- or after the registration, so that no row is ever doubled.
WITH term AS (
  SELECT CAST(value AS INTEGER) AS days FROM reference.parameters WHERE name = 'funnel_days'
), received AS (
  SELECT person_id, started_on FROM marts.activities WHERE lep = 'accoglienza' AND beneficiary_kind = 'person'
), oriented AS (
  SELECT person_id, started_on FROM marts.activities WHERE lep = 'orientamento_base' AND beneficiary_kind = 'person'
), measured AS (
  SELECT person_id, started_on FROM marts.activities WHERE measure IS NOT NULL AND beneficiary_kind = 'person'
), assessed AS (
  SELECT person_id, assessed_on FROM staging.agreements WHERE assessed_on IS NOT NULL
), signed AS (
  -- any agreement of the person; one a day, so that the programme is certain
  SELECT person_id, signed_on, programme
  FROM staging.agreements
  QUALIFY row_number() OVER (PARTITION BY person_id, signed_on ORDER BY agreement_id) = 1
), placed AS (
  SELECT person_id, start_on FROM marts.spells WHERE qualifying AND NOT stale
), found AS (
  SELECT f.person_id, f.quarter, f.year, f.opens_year, f.district, f.registered_on, f.registered_on + t.days AS last_day,
         f.profiled_on, r.started_on AS received_on, o.started_on AS oriented_on, a.assessed_on,
         s.signed_on, s.programme, m.started_on AS measured_on, p.start_on AS placed_on
  FROM marts.first_registrations f
  CROSS JOIN term t
  ASOF LEFT JOIN received r ON r.person_id = f.person_id AND r.started_on >= f.registered_on
  ASOF LEFT JOIN oriented o ON o.person_id = f.person_id AND o.started_on >= f.registered_on
  ASOF LEFT JOIN assessed a ON a.person_id = f.person_id AND a.assessed_on >= f.registered_on
  ASOF LEFT JOIN signed s ON s.person_id = f.person_id AND s.signed_on >= f.registered_on
  ASOF LEFT JOIN measured m ON m.person_id = f.person_id AND m.started_on >= f.registered_on
  ASOF LEFT JOIN placed p ON p.person_id = f.person_id AND p.start_on > f.registered_on
)
SELECT person_id, quarter, year, opens_year, district,
       CASE WHEN signed_on <= last_day THEN programme ELSE 'none' END AS programme,
       CASE WHEN received_on <= last_day THEN received_on - registered_on END AS reception_days,
       CASE WHEN profiled_on BETWEEN registered_on AND last_day THEN profiled_on - registered_on END AS profile_days,
       CASE WHEN least(oriented_on, assessed_on) <= last_day THEN least(oriented_on, assessed_on) - registered_on END AS assessment_days,
       CASE WHEN signed_on <= last_day THEN signed_on - registered_on END AS agreement_days,
       CASE WHEN measured_on <= last_day THEN measured_on - registered_on END AS first_measure_days,
       CASE WHEN placed_on <= last_day THEN placed_on - registered_on END AS placement_days
FROM found
