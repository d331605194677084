-- title.it: Copertura dei LEP
-- title.en: Coverage of the essential service levels (LEP)
-- description.it: Quante delle persone che hanno diritto a un livello essenziale delle prestazioni (LEP) lo hanno ricevuto davvero, entro i giorni della finestra, per territorio di domicilio e per trimestre o anno in cui il diritto è sorto.
-- description.en: How many of the persons entitled to an essential service level (LEP) really received it, within the days of its window, by territory of domicile and by quarter or year in which they became entitled.
-- universe.it: Persone iscritte alla disoccupazione o con un patto di servizio firmato nel periodo, domiciliate nella regione, con diritto al LEP. Ogni persona conta una volta per LEP e periodo: decide il primo evento.
-- universe.en: Persons registered as unemployed, or with a service agreement signed, in the period, domiciled in the region and entitled to the LEP. Each person counts once per LEP and period: the first event decides.
-- numerator.it: Persone con diritto che hanno iniziato almeno un'attività valida di quel LEP entro la finestra; per il LEP B, persone profilate entro la finestra.
-- numerator.en: Entitled persons who began at least one valid activity of that LEP within its window; for LEP B, persons profiled within its window.
-- denominator.it: Persone con diritto: per i LEP A, B, C e D tutte quelle iscritte nel periodo; per E, F1, F2, F3 e H quelle il cui patto li prevede; per N quelle con indice di fragilità pari o superiore alla soglia.
-- denominator.en: Entitled persons: for LEP A, B, C and D all those registered in the period; for E, F1, F2, F3 and H those whose agreement plans them; for N those with a fragility score at or above the threshold.
-- source.it: Elaborazioni dell'osservatorio su iscrizioni, patti di servizio e prestazioni dei centri per l'impiego
-- source.en: Computed by the observatory from registrations, service agreements and services of the job centres
-- caveat.it.1: Non esiste una formula pubblica e riproducibile della copertura dei LEP: questa è dell'osservatorio. Le finestre in giorni e la soglia di fragilità sono proposte, indicate nel catalogo con la loro fonte.
-- caveat.en.1: There is no public, reproducible formula for the coverage of the LEP: this one is the observatory's own. Windows in days and the fragility threshold are proposals, listed in the catalogue with their source.
-- caveat.it.2: Un trimestre o un anno compare solo quando la finestra è trascorsa per tutte le persone che ne fanno parte e le registrazioni tardive sono arrivate; fino ad allora il dato non è ancora osservabile, che non vuol dire zero.
-- caveat.en.2: A quarter or year appears only once the window has passed for everyone in it and late records have arrived; until then the figure is not yet observable, which does not mean zero.
-- caveat.it.3: Per i LEP senza una regola di diritto documentata non si calcola alcuna copertura: se ne pubblicano solo le attività.
-- caveat.en.3: No coverage is computed for LEP without a documented rule of entitlement: only their activities are published.
-- caveat.it.4: Conta ciò che è registrato negli archivi: una prestazione resa e non registrata non risulta.
-- caveat.en.4: What counts is what the records hold: a service given but not recorded does not show.
-- protection: personal
-- kind: rate
-- unit: percent
-- definition: lep_coverage@2
-- method: lep_coverage
-- grain: geo_level, geo, period_type, period, sex, age_band, citizenship, education, duration, profile, measure
-- breakdowns: sex, age_band, citizenship, education, duration, profile
-- rules: persons
-- population: entitled_{measure}
-- population.accoglienza: registered
-- population.did_profilazione: registered
-- population.orientamento_base: registered
-- population.patto_servizio: registered
-- time: apart
-- measures: lep
-- materialize: table
-- caveat.it.5: L’anno non è la somma dei trimestri: chi torna a iscriversi nello stesso anno vi conta una volta sola.
-- caveat.en.5: A year is not the sum of its quarters: who registers again within the year counts once in it.
-- caveat.it.6: Il profilo ha cambiato classi e modello il 9 maggio 2022: le classi dei due schemi non si confrontano.
-- caveat.en.6: Profiling changed its classes and its model on 9 May 2022: classes of the two schemes do not compare.

WITH catalogue AS (
  SELECT slug AS measure, entitlement_rule, measured_by,
         CASE WHEN entitlement_rule <> 'no_rule' THEN window_days END AS window_days
  FROM reference.lep
  WHERE beneficiary = 'person'
), reads AS (
  -- the sources that the coverage of a LEP is computed from
  SELECT measure, 'registrations' AS contract FROM catalogue
  UNION ALL
  SELECT measure, 'services' FROM catalogue WHERE measured_by = 'service'
  UNION ALL
  SELECT measure, 'agreements' FROM catalogue WHERE entitlement_rule IN ('planned', 'fragility')
), states AS (
  SELECT m.measure, n.number AS lep_no, p.number AS period_no, s.period_type, s.period,
         CASE WHEN m.window_days IS NULL THEN 'no_rule'
              WHEN bool_or(s.begins_before) THEN 'source_gap'
              WHEN NOT bool_and(coalesce(s.settled_days >= m.window_days, false)) THEN 'not_observable'
         END AS reason,
         bool_or(b.list IS NOT NULL) AS broken
  FROM catalogue m
  JOIN reads r ON r.measure = m.measure
  JOIN marts.period_sources s ON s.contract = r.contract
  JOIN marts.periods p ON p.period_type = s.period_type AND p.period = s.period
  JOIN marts.code_numbers n ON n.list = 'lep' AND n.code = m.measure
  LEFT JOIN marts.series_breaks b ON b.list = 'profile' AND b.period_type = s.period_type AND b.period = s.period
  GROUP BY m.measure, m.window_days, n.number, p.number, s.period_type, s.period
), requested AS (
  SELECT (c.cell * 100000 + s.period_no) * 1000 + s.lep_no AS key, c.geo_level, c.geo, s.period_type, s.period, s.measure, s.reason,
         c.sex, c.age_band, c.citizenship, c.education, c.duration, c.profile, s.broken AND c.breakdown = 'profile' AS broken
  FROM marts.cells c
  JOIN states s ON s.period_type = c.period_type
  WHERE c.breakdown IN ('_T', 'sex', 'age_band', 'sex_age_band', 'citizenship', 'education', 'duration', 'profile')
), combined AS (
  -- events are counted by all LEP at once: which are due, open the year and came in time are three
  -- numbers. A person has one event per LEP and period, so persons add up over districts
  SELECT leaf, due, opens, reached,
         CASE WHEN sex_age_no IS NOT NULL THEN 'sex_age_band' WHEN citizenship_no IS NOT NULL THEN 'citizenship'
              WHEN education_no IS NOT NULL THEN 'education' WHEN duration_no IS NOT NULL THEN 'duration' ELSE 'profile' END AS counted_by,
         coalesce(sex_age_no, citizenship_no, education_no, duration_no, profile_no) AS code_no, count(*) AS persons
  FROM (
    SELECT CAST(district_no AS BIGINT) * 100000 + quarter_no AS leaf, due, opens, reached,
           traits // 1000000000000 AS sex_age_no, traits // 1000000000 % 1000 AS citizenship_no, traits // 1000000 % 1000 AS education_no,
           traits // 1000 % 1000 AS duration_no, traits % 1000 AS profile_no
    FROM marts.claims
    WHERE district_no IS NOT NULL
  ) c
  GROUP BY GROUPING SETS (
    (leaf, due, opens, reached, sex_age_no), (leaf, due, opens, reached, citizenship_no), (leaf, due, opens, reached, education_no),
    (leaf, due, opens, reached, duration_no), (leaf, due, opens, reached, profile_no)
  )
), leaves AS (
  SELECT c.leaf // 100000 AS district_no, c.leaf % 100000 AS quarter_no, l.lep_no, (c.opens >> l.lep_no) & 1 = 1 AS opens_year, c.counted_by, c.code_no,
         sum(CASE WHEN (c.reached >> l.lep_no) & 1 = 1 THEN c.persons ELSE 0 END) AS reached, sum(c.persons) AS entitled
  FROM combined c
  JOIN (
    SELECT d.due, CAST(n.number AS INTEGER) AS lep_no
    FROM (SELECT DISTINCT due FROM combined) d
    JOIN marts.code_numbers n ON n.list = 'lep' AND (d.due >> n.number) & 1 = 1
  ) l ON l.due = c.due
  GROUP BY ALL
), dated AS (
  -- the event that opens the year is also the first of its quarter
  SELECT 'quarter' AS period_type, quarter_no AS period_no, district_no, lep_no, counted_by, code_no, reached, entitled
  FROM leaves
  UNION ALL
  SELECT 'year', quarter_no // 4, district_no, lep_no, counted_by, code_no, reached, entitled
  FROM leaves
  WHERE opens_year
), counted AS (
  SELECT (p.cell * 100000 + l.period_no) * 1000 + l.lep_no AS key, CAST(sum(l.reached) AS BIGINT) AS reached, CAST(sum(l.entitled) AS BIGINT) AS entitled
  FROM dated l
  JOIN marts.cell_paths p
    ON p.leaf_no = l.district_no AND p.period_type = l.period_type AND p.counted_by = l.counted_by AND p.code_no = l.code_no
  WHERE NOT p.is_total OR p.counted_by = 'sex_age_band'
  GROUP BY key
)
SELECT r.geo_level, r.geo, r.period_type, r.period,
       r.sex, r.age_band, r.citizenship, r.education, r.duration, r.profile, r.measure,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.reached, 0) AS DOUBLE) END AS numerator,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.entitled, 0) AS DOUBLE) END AS denominator,
       CAST(NULL AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN r.reason IS NOT NULL THEN 'O' WHEN r.broken THEN 'B' END AS obs_status,
       r.reason, CAST(NULL AS VARCHAR) AS note_ids
FROM requested r
LEFT JOIN counted c ON c.key = r.key
