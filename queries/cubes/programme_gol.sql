-- title.it: Programma GOL: prese in carico e formati
-- title.en: GOL programme: taken in charge and trained
-- description.it: Quante persone sono entrate nel Programma GOL per la prima volta, quante hanno concluso la prima formazione e la prima in competenze digitali: nel periodo e dall’inizio.
-- description.en: How many persons entered the GOL programme for the first time, how many completed their first training and their first one in digital skills: in the period and since the start.
-- universe.it: Persone con un patto di servizio del Programma GOL, o con una formazione GOL conclusa, domiciliate nella regione. Ogni persona conta una volta per passo, al primo.
-- universe.en: Persons with a service agreement of the GOL programme, or with a GOL training completed, domiciled in the region. Each person counts once per step, at the first.
-- source.it: Elaborazioni dell’osservatorio su patti di servizio, iscrizioni e corsi di formazione
-- source.en: Computed by the observatory from service agreements, registrations and training courses
-- caveat.it.1: Non sono le cifre del monitoraggio nazionale, che contano anche le persone prese in carico più volte e seguono le circolari del Ministero: qui ogni persona conta una volta, al primo patto che gli archivi contengono.
-- caveat.en.1: These are not the figures of the national monitoring, which also counts persons taken in charge several times and follows the Ministry’s circulars: here each person counts once, at the first agreement that the records hold.
-- caveat.it.2: Chi era già nel Programma prima dei dati disponibili vi entra, qui, col primo patto visto: i totali partono da lì.
-- caveat.en.2: Who was in the programme before the data begin enters it, here, with the first agreement seen: totals start from there.
-- caveat.it.3: La formazione è attribuita al territorio dell’ultima iscrizione fino al giorno in cui è finita; chi non ne ha nessuna non è contato.
-- caveat.en.3: Training is attributed to the territory of the last registration by the day on which it ended; who has none is not counted.
-- caveat.it.4: Conta un corso concluso con programma GOL; la regola nazionale su chi è «formato» (circolari 7 e 8 del 31/3/2025) non è applicata.
-- caveat.en.4: A course completed under the GOL programme counts; the national rule on who is “trained” (circulars 7 and 8 of 31/3/2025) is not applied.
-- protection: personal
-- kind: count
-- unit: persons
-- definition: programme_gol@1
-- method: programme_gol
-- grain: geo_level, geo, period_type, period, path, sex, age_band, measure
-- breakdowns: path, sex, age_band
-- rules: persons
-- population: gol_{measure}
-- population.taken_in_charge_total: gol_taken_in_charge
-- population.trained_total: gol_trained
-- population.trained_digital_total: gol_trained_digital
-- answers: taken_in_charge_total = taken_in_charge to date; trained_total = trained to date; trained_digital_total = trained_digital to date
-- measure.taken_in_charge.it: Prese in carico
-- measure.taken_in_charge.en: Taken in charge
-- measure.trained.it: Formati
-- measure.trained.en: Trained
-- measure.trained_digital.it: Formati in competenze digitali
-- measure.trained_digital.en: Trained in digital skills
-- measure.taken_in_charge_total.it: Prese in carico, dall’inizio
-- measure.taken_in_charge_total.en: Taken in charge, since the start
-- measure.trained_total.it: Formati, dall’inizio
-- measure.trained_total.en: Trained, since the start
-- measure.trained_digital_total.it: Formati in competenze digitali, dall’inizio
-- measure.trained_digital_total.en: Trained in digital skills, since the start
-- materialize: table

WITH steps (step_no, step, contract) AS (
  -- what each step is read from; paths and homes come with it
  VALUES (1, 'taken_in_charge', 'agreements'), (1, 'taken_in_charge', 'registrations'),
         (2, 'trained', 'agreements'), (2, 'trained', 'registrations'), (2, 'trained', 'training'),
         (3, 'trained_digital', 'agreements'), (3, 'trained_digital', 'registrations'), (3, 'trained_digital', 'training')
), states AS (
  SELECT t.step_no, t.step, s.period_type, s.period,
         (12 * year(s.first_day) + month(s.first_day) - 1) // 3 AS first_no, (12 * year(s.last_day) + month(s.last_day) - 1) // 3 AS last_no,
         CASE WHEN bool_or(s.begins_before) THEN 'source_gap'
              WHEN NOT bool_and(coalesce(s.settled_days >= 0, false)) THEN 'not_observable'
         END AS reason
  FROM steps t
  JOIN marts.period_sources s ON s.contract = t.contract
  GROUP BY t.step_no, t.step, s.period_type, s.period, s.first_day, s.last_day
), requested AS (
  SELECT c.cell, c.geo_level, c.geo, s.step_no, s.step, s.period_type, s.period, s.reason, c.path, c.sex, c.age_band
  FROM marts.cells c
  JOIN states s ON s.period_type = c.period_type
  WHERE c.breakdown IN ('_T', 'path', 'sex', 'age_band', 'sex_age_band')
), leaves AS (
  SELECT district_no, step_no, quarter_no, CASE WHEN sex_age_no IS NOT NULL THEN 'sex_age_band' ELSE 'path' END AS counted_by,
         coalesce(sex_age_no, path_no) AS code_no, count(*) AS persons
  FROM (SELECT district_no, step_no, quarter_no, path_no, 1000 * CAST(sex_no AS INTEGER) + age_band_no AS sex_age_no FROM marts.gol_steps) g
  GROUP BY GROUPING SETS ((district_no, step_no, quarter_no, path_no), (district_no, step_no, quarter_no, sex_age_no))
), placed AS (
  SELECT p.cell, p.period_type, l.step_no, l.quarter_no, sum(l.persons) AS persons
  FROM leaves l
  JOIN marts.cell_paths p ON p.leaf_no = l.district_no AND p.counted_by = l.counted_by AND p.code_no = l.code_no
  WHERE NOT p.is_total OR p.counted_by = 'sex_age_band'
  GROUP BY p.cell, p.period_type, l.step_no, l.quarter_no
), counted AS (
  -- each person enters once, so periods add up: all up to the last day are those since the start
  SELECT p.cell, s.step_no, s.period, sum(CASE WHEN p.quarter_no >= s.first_no THEN p.persons ELSE 0 END) AS entered, sum(p.persons) AS total
  FROM placed p
  JOIN states s ON s.step_no = p.step_no AND s.period_type = p.period_type AND p.quarter_no <= s.last_no
  GROUP BY p.cell, s.step_no, s.period
), filled AS (
  SELECT r.geo_level, r.geo, r.period_type, r.period, r.path, r.sex, r.age_band, r.step, r.reason,
         coalesce(c.entered, 0) AS entered, coalesce(c.total, 0) AS total
  FROM requested r
  LEFT JOIN counted c ON c.cell = r.cell AND c.step_no = r.step_no AND c.period = r.period
), measured AS (
  SELECT geo_level, geo, period_type, period, path, sex, age_band, step AS measure, entered AS persons, reason
  FROM filled
  UNION ALL
  SELECT geo_level, geo, period_type, period, path, sex, age_band, step || '_total', total, reason
  FROM filled
)
SELECT geo_level, geo, period_type, period, path, sex, age_band, measure,
       CAST(NULL AS DOUBLE) AS numerator, CAST(NULL AS DOUBLE) AS denominator,
       CASE WHEN reason IS NULL THEN CAST(persons AS DOUBLE) END AS value,
       CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN reason IS NOT NULL THEN 'O' END AS obs_status, reason, CAST(NULL AS VARCHAR) AS note_ids
FROM measured
