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
), jobs AS (
  SELECT person, start_on FROM marts.spans WHERE works
), waits AS MATERIALIZED (
  SELECT registration, quarter_no, opens_year, district_no, registered_on, profiled_on, assessed_on, agreed_after_days, programme_no FROM marts.waits
), placed AS (
  SELECT f.registration, min(s.start_on) AS placed_on
  FROM jobs s
  CROSS JOIN term t
  JOIN marts.firsts f ON f.person = s.person AND s.start_on > f.registered_on AND s.start_on <= f.registered_on + t.days
  GROUP BY f.registration
), found AS (
  SELECT w.registration, w.quarter_no, w.opens_year, w.district_no, w.registered_on, w.registered_on + t.days AS last_day,
         w.profiled_on, v.received_on, v.oriented_on, w.assessed_on, w.agreed_after_days, w.programme_no, v.measured_on, p.placed_on, t.days AS term_days
  FROM waits w
  CROSS JOIN term t
  LEFT JOIN marts.received v ON v.registration = w.registration
  LEFT JOIN placed p ON p.registration = w.registration
)
SELECT f.registration, f.quarter_no, f.opens_year, f.district_no,
       CAST(CASE WHEN agreed_after_days <= term_days THEN f.programme_no ELSE n.number END AS SMALLINT) AS programme_no,
       CASE WHEN received_on <= last_day THEN received_on - registered_on END AS reception_days,
       CASE WHEN profiled_on BETWEEN registered_on AND last_day THEN profiled_on - registered_on END AS profile_days,
       CASE WHEN least(oriented_on, assessed_on) <= last_day THEN least(oriented_on, assessed_on) - registered_on END AS assessment_days,
       CASE WHEN agreed_after_days <= term_days THEN agreed_after_days END AS agreement_days,
       CASE WHEN measured_on <= last_day THEN measured_on - registered_on END AS first_measure_days,
       placed_on - registered_on AS placement_days
FROM found f
LEFT JOIN marts.code_numbers n ON n.list = 'programme' AND n.code = 'none'
