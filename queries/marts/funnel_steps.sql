-- title.it: Passi dopo l'iscrizione
-- title.en: Steps after registration
-- description.it: Per la prima iscrizione della persona nel trimestre: dopo quanti giorni è arrivato ciascun passo, se è arrivato entro il termine, e il programma del primo patto.
-- description.en: For the first registration of the person in the quarter: after how many days each step came, if it came within the term, and the programme of the first agreement.
-- grain: registration
-- column.programme_no.it: programma del primo patto firmato entro il termine; none se non ce n'è
-- column.programme_no.en: programme of the first agreement signed within the term; none where there is none
-- column.placement_days.it: giorni al primo rapporto di lavoro iniziato dopo il giorno dell'iscrizione
-- column.placement_days.en: days to the first job begun after the day of registration

-- Each step is looked for by itself: none waits for the one before, so that
-- what was recorded out of order is not lost. Each is the first event on or
-- after the registration, found among the few of the same person, so that no
-- row is ever doubled. A view: only marts.funnel_counts reads it, once.
WITH term AS (
  SELECT CAST(value AS INTEGER) AS days FROM reference.parameters WHERE name = 'funnel_days'
), steps AS (
  SELECT code, number FROM marts.code_numbers WHERE list = 'lep' AND code IN ('accoglienza', 'orientamento_base')
), served AS (
  SELECT f.registration,
         min(a.started_on) FILTER (WHERE l.code = 'accoglienza') AS received_on,
         min(a.started_on) FILTER (WHERE l.code = 'orientamento_base') AS oriented_on,
         min(a.started_on) FILTER (WHERE a.measure IS NOT NULL) AS measured_on
  FROM marts.deeds a
  LEFT JOIN steps l ON l.number = a.lep_no
  JOIN marts.firsts f ON f.person = a.person AND f.registered_on <= a.started_on
  WHERE a.person IS NOT NULL AND (l.code IS NOT NULL OR a.measure IS NOT NULL)
  GROUP BY f.registration
), signed AS (
  -- any agreement of the person; of several of a day the first, so that the programme is certain
  SELECT f.registration, min(a.assessed_on) FILTER (WHERE a.assessed_on >= f.registered_on) AS assessed_on,
         min(a.signed_on) FILTER (WHERE a.signed_on >= f.registered_on) AS signed_on,
         min(a.place * 1000 + a.programme_no) FILTER (WHERE a.signed_on >= f.registered_on) % 1000 AS programme_no
  FROM marts.signings a
  JOIN marts.firsts f ON f.person = a.person AND f.registered_on <= greatest(a.signed_on, a.assessed_on)
  GROUP BY f.registration
), placed AS (
  SELECT f.registration, min(s.start_on) AS placed_on
  FROM marts.spans s
  JOIN marts.firsts f ON f.person = s.person AND f.registered_on < s.start_on
  WHERE s.works
  GROUP BY f.registration
), found AS (
  SELECT f.registration, f.quarter_no, f.opens_year, f.district_no, f.registered_on, f.registered_on + t.days AS last_day,
         f.profiled_on, v.received_on, v.oriented_on, s.assessed_on, s.signed_on, s.programme_no, v.measured_on, p.placed_on
  FROM marts.firsts f
  CROSS JOIN term t
  LEFT JOIN served v ON v.registration = f.registration
  LEFT JOIN signed s ON s.registration = f.registration
  LEFT JOIN placed p ON p.registration = f.registration
)
SELECT f.registration, f.quarter_no, f.opens_year, f.district_no,
       CAST(CASE WHEN signed_on <= last_day THEN f.programme_no ELSE n.number END AS SMALLINT) AS programme_no,
       CASE WHEN received_on <= last_day THEN received_on - registered_on END AS reception_days,
       CASE WHEN profiled_on BETWEEN registered_on AND last_day THEN profiled_on - registered_on END AS profile_days,
       CASE WHEN least(oriented_on, assessed_on) <= last_day THEN least(oriented_on, assessed_on) - registered_on END AS assessment_days,
       CASE WHEN signed_on <= last_day THEN signed_on - registered_on END AS agreement_days,
       CASE WHEN measured_on <= last_day THEN measured_on - registered_on END AS first_measure_days,
       CASE WHEN placed_on <= last_day THEN placed_on - registered_on END AS placement_days
FROM found f
LEFT JOIN marts.code_numbers n ON n.list = 'programme' AND n.code = 'none'
