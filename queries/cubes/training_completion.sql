-- title.it: Corsi completati e lavoro dopo il corso
-- title.en: Courses completed and work after the course
-- description.it: Quante delle persone che iniziano un corso di formazione lo completano e quante di quelle che lo completano sono occupate 180 giorni dopo, per territorio di domicilio.
-- description.en: How many of the persons who begin a training course complete it, and how many of those who complete it are employed 180 days later, by territory of domicile.
-- universe.it: Persone iscritte ai servizi per il lavoro della regione che nel periodo hanno iniziato un corso (completamento) o lo hanno completato (lavoro dopo il corso). Ogni persona conta una volta, con il primo corso del periodo.
-- universe.en: Persons registered with the employment services of the region who in the period began a course (completion) or completed one (work after the course). Each person counts once, with her first course of the period.
-- numerator.it: Completamento: persone il cui corso risulta completato. Lavoro: persone con un rapporto di lavoro che copre il giorno della fine del corso più 180.
-- numerator.en: Completion: persons whose course was completed. Work: persons with a work relationship that covers the day the course ended plus 180.
-- denominator.it: Completamento: persone che nel periodo hanno iniziato un corso. Lavoro: persone che nel periodo ne hanno completato uno.
-- denominator.en: Completion: persons who began a course in the period. Work: persons who completed one in the period.
-- source.it: Elaborazioni dell'osservatorio su iscrizioni ai corsi, iscrizioni ai servizi e comunicazioni obbligatorie
-- source.en: Computed by the observatory from enrolments in courses, registrations and compulsory communications of employment
-- caveat.it.1: Il completamento si pubblica un anno dopo la fine del periodo, quando i corsi lunghi sono finiti; un corso ancora aperto allora conta come non completato.
-- caveat.en.1: Completion is published one year after the end of the period, when long courses are over; a course still open then counts as not completed.
-- caveat.it.2: Il lavoro si guarda dalla fine del corso, quindi nel periodo in cui il corso è finito: le due misure dello stesso periodo riguardano persone diverse.
-- caveat.en.2: Work is looked at from the end of the course, so in the period in which the course ended: the two measures of one period concern different persons.
-- caveat.it.3: Chi lavorava già durante il corso è contato se lavora 180 giorni dopo. La quota non misura l'effetto del corso: dipende anche da chi lo frequenta.
-- caveat.en.3: Who was at work during the course already is counted if at work 180 days later. The share does not measure the effect of the course: it also depends on who attends it.
-- caveat.it.4: È lavoro ciò che risulta dalle comunicazioni obbligatorie; restano fuori il lavoro autonomo, quello all'estero e quello non dichiarato. I tirocini non sono occupazione.
-- caveat.en.4: Work is what compulsory communications show; self-employment, work abroad and undeclared work are left out. Traineeships are not employment.
-- caveat.it.5: L'anno non è la somma dei trimestri: chi inizia due corsi nello stesso anno vi conta una volta sola.
-- caveat.en.5: A year is not the sum of its quarters: who begins two courses within the year counts once in it.
-- protection: personal
-- kind: rate
-- unit: percent
-- definition: training_completion@2
-- method: training_completion
-- grain: geo_level, geo, period_type, period, sex, age_band, citizenship, education, programme, measure
-- breakdowns: sex, age_band, citizenship, education, programme
-- rules: outcomes
-- population: training_{measure}
-- time: apart
-- measure.training_completed.it: Corsi completati
-- measure.training_completed.en: Courses completed
-- measure.training_employed_180.it: Occupati 180 giorni dopo il corso
-- measure.training_employed_180.en: Employed 180 days after the course
-- materialize: table

WITH reads (measure, event, contract, days) AS (
  -- days that must have passed and be settled after the period, by source
  VALUES ('training_completed', 'begun', 'training', 365), ('training_completed', 'begun', 'registrations', 0),
         ('training_employed_180', 'completed', 'training', 0), ('training_employed_180', 'completed', 'registrations', 0),
         ('training_employed_180', 'completed', 'placements', 180)
), states AS (
  SELECT r.measure, r.event, p.period_type, p.period,
         CASE WHEN bool_or(p.first_day < c.complete_from) THEN 'source_gap'
              WHEN NOT bool_and(coalesce(p.last_day + r.days <= c.settled_to, false)) THEN 'not_observable'
         END AS reason
  FROM reads r
  JOIN marts.completeness c ON c.contract = r.contract
  JOIN marts.completeness t ON t.contract = 'training'
  JOIN marts.periods p ON p.last_day >= t.complete_from AND p.first_day <= t.complete_to
  GROUP BY r.measure, r.event, p.period_type, p.period
), requested AS (
  SELECT c.geo_level, c.geo, s.period_type, s.period, s.measure, s.event, s.reason,
         c.sex, c.age_band, c.citizenship, c.education, c.programme
  FROM marts.cells c
  JOIN states s ON s.period_type = c.period_type
  WHERE c.breakdown IN ('_T', 'sex', 'age_band', 'sex_age_band', 'citizenship', 'education')
     OR (c.breakdown = 'programme' AND c.programme <> 'none')
), units AS (
  SELECT 'quarter' AS period_type, quarter AS period, event, district, reached, sex, age_band, citizenship, education, programme
  FROM marts.course_events
  UNION ALL
  SELECT 'year', year, event, district, reached, sex, age_band, citizenship, education, programme
  FROM marts.course_events
  WHERE opens_year
), leaves AS (
  SELECT district, period_type, period, event,
         CASE WHEN grouping(sex) = 0 THEN sex ELSE '_T' END AS sex,
         CASE WHEN grouping(age_band) = 0 THEN age_band ELSE '_T' END AS age_band,
         CASE WHEN grouping(citizenship) = 0 THEN citizenship ELSE '_T' END AS citizenship,
         CASE WHEN grouping(education) = 0 THEN education ELSE '_T' END AS education,
         CASE WHEN grouping(programme) = 0 THEN programme ELSE '_T' END AS programme,
         count(*) FILTER (WHERE reached) AS reached, count(*) AS persons
  FROM units
  GROUP BY GROUPING SETS (
    (district, period_type, period, event), (district, period_type, period, event, sex),
    (district, period_type, period, event, age_band), (district, period_type, period, event, sex, age_band),
    (district, period_type, period, event, citizenship), (district, period_type, period, event, education),
    (district, period_type, period, event, programme)
  )
), counted AS (
  SELECT g.geo, l.period_type, l.period, l.event, l.sex, l.age_band, l.citizenship, l.education, l.programme,
         sum(l.reached) AS reached, sum(l.persons) AS persons
  FROM leaves l
  JOIN marts.geo_paths g ON g.leaf = l.district
  GROUP BY g.geo, l.period_type, l.period, l.event, l.sex, l.age_band, l.citizenship, l.education, l.programme
)
SELECT r.geo_level, r.geo, r.period_type, r.period, r.sex, r.age_band, r.citizenship, r.education, r.programme, r.measure,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.reached, 0) AS DOUBLE) END AS numerator,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.persons, 0) AS DOUBLE) END AS denominator,
       CAST(NULL AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN r.reason IS NOT NULL THEN 'O' END AS obs_status, r.reason, CAST(NULL AS VARCHAR) AS note_ids
FROM requested r
LEFT JOIN counted c
  ON c.geo = r.geo AND c.period_type = r.period_type AND c.period = r.period AND c.event = r.event
 AND c.sex = r.sex AND c.age_band = r.age_band AND c.citizenship = r.citizenship
 AND c.education = r.education AND c.programme = r.programme
