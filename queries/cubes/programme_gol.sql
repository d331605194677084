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

WITH steps (step, contract) AS (
  -- what each step is read from; paths and homes come with it
  VALUES ('taken_in_charge', 'agreements'), ('taken_in_charge', 'registrations'),
         ('trained', 'agreements'), ('trained', 'registrations'), ('trained', 'training'),
         ('trained_digital', 'agreements'), ('trained_digital', 'registrations'), ('trained_digital', 'training')
), states AS (
  SELECT t.step, s.period_type, s.period, s.first_day, s.last_day,
         CASE WHEN bool_or(s.begins_before) THEN 'source_gap'
              WHEN NOT bool_and(coalesce(s.settled_days >= 0, false)) THEN 'not_observable'
         END AS reason
  FROM steps t
  JOIN marts.period_sources s ON s.contract = t.contract
  GROUP BY t.step, s.period_type, s.period, s.first_day, s.last_day
), requested AS (
  SELECT c.geo_level, c.geo, s.step, s.period_type, s.period, s.reason, c.path, c.sex, c.age_band
  FROM marts.cells c
  JOIN states s ON s.period_type = c.period_type
  WHERE c.breakdown IN ('_T', 'path', 'sex', 'age_band', 'sex_age_band')
), alike AS (
  SELECT district, step, date_trunc('quarter', entered_on) AS quarter_on, path, sex, age_band, count(*) AS persons
  FROM marts.gol_entries
  GROUP BY ALL
), leaves AS (
  SELECT district, step, quarter_on,
         CASE WHEN grouping(path) = 0 THEN path ELSE '_T' END AS path,
         CASE WHEN grouping(sex) = 0 THEN sex ELSE '_T' END AS sex,
         CASE WHEN grouping(age_band) = 0 THEN age_band ELSE '_T' END AS age_band,
         sum(persons) AS persons
  FROM alike
  GROUP BY GROUPING SETS (
    (district, step, quarter_on), (district, step, quarter_on, path), (district, step, quarter_on, sex),
    (district, step, quarter_on, age_band), (district, step, quarter_on, sex, age_band)
  )
), counted AS (
  -- each person enters once, so periods add up: all up to the last day are those since the start
  SELECT g.geo, s.step, s.period_type, s.period, l.path, l.sex, l.age_band,
         coalesce(sum(l.persons) FILTER (WHERE l.quarter_on >= s.first_day), 0) AS entered, sum(l.persons) AS total
  FROM leaves l
  JOIN states s ON s.step = l.step AND l.quarter_on <= s.last_day
  JOIN marts.geo_paths g ON g.leaf = l.district
  GROUP BY g.geo, s.step, s.period_type, s.period, l.path, l.sex, l.age_band
), filled AS (
  SELECT r.geo_level, r.geo, r.period_type, r.period, r.path, r.sex, r.age_band, r.step, r.reason,
         coalesce(c.entered, 0) AS entered, coalesce(c.total, 0) AS total
  FROM requested r
  LEFT JOIN counted c
    ON c.geo = r.geo AND c.step = r.step AND c.period_type = r.period_type AND c.period = r.period
   AND c.path = r.path AND c.sex = r.sex AND c.age_band = r.age_band
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
