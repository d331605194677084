-- title.it: Tempestività del patto di servizio
-- title.en: Timeliness of the service agreement
-- description.it: Quante delle persone iscritte alla disoccupazione nel periodo hanno firmato il patto di servizio entro 30, 60 o 90 giorni dall'iscrizione.
-- description.en: How many of the persons registered as unemployed in the period signed a service agreement within 30, 60 or 90 days of registration.
-- universe.it: Persone iscritte alla disoccupazione nel trimestre o nell’anno, domiciliate nella regione; vale la prima iscrizione della persona nel periodo.
-- universe.en: Persons registered as unemployed in the quarter or year and domiciled in the region; the person's first registration in the period counts.
-- numerator.it: Persone che hanno firmato un patto di servizio entro il numero di giorni indicato dall'iscrizione.
-- numerator.en: Persons who signed a service agreement within the stated number of days of registration.
-- denominator.it: Persone iscritte nel periodo. Nella variante «a rischio» sono escluse quelle che entro gli stessi giorni hanno trovato lavoro senza avere firmato un patto.
-- denominator.en: Persons registered in the period. The "at risk" variant leaves out those who, within the same days, found a job without having signed an agreement.
-- source.it: Elaborazioni dell'osservatorio su iscrizioni e patti di servizio dei centri per l'impiego
-- source.en: Computed by the observatory from registrations and service agreements of the job centres
-- caveat.it.1: La formula è dell'osservatorio. I termini di 30 e 60 giorni richiamano l'articolo 20 del D.Lgs. 150/2015, che riguarda la convocazione e non la firma; quello di 90 giorni è una scelta dell'osservatorio.
-- caveat.en.1: The formula is the observatory's own. The terms of 30 and 60 days recall article 20 of Legislative Decree 150/2015, which is about being convened and not about signing; that of 90 days is the observatory's choice.
-- caveat.it.2: Un trimestre o un anno compare solo quando i giorni sono trascorsi per tutte le persone iscritte e le registrazioni tardive sono arrivate; fino ad allora il dato non è ancora osservabile, che non vuol dire zero.
-- caveat.en.2: A quarter or year appears only once the days have passed for everyone registered in it and late records have arrived; until then the figure is not yet observable, which does not mean zero.
-- caveat.it.3: Chi aveva già un patto in corso al momento dell'iscrizione, e non ne firma uno nuovo, risulta senza patto.
-- caveat.en.3: Those who already had an agreement running when they registered, and do not sign a new one, count as having none.
-- protection: personal
-- kind: rate
-- unit: percent
-- definition: lep_timely@2
-- method: lep_timely
-- grain: geo_level, geo, period_type, period, sex, age_band, citizenship, education, duration, profile, measure
-- breakdowns: sex, age_band, citizenship, education, duration, profile
-- rules: persons
-- population: registered
-- time: apart
-- answers: timely_30 < timely_60 < timely_90 < agreement; timely_30_atrisk = timely_30 of not reemployed_30; timely_60_atrisk = timely_60 of not reemployed_60; timely_90_atrisk = timely_90 of not reemployed_90
-- measure.timely_30.it: Patto entro 30 giorni
-- measure.timely_30.en: Agreement within 30 days
-- measure.timely_60.it: Patto entro 60 giorni
-- measure.timely_60.en: Agreement within 60 days
-- measure.timely_90.it: Patto entro 90 giorni
-- measure.timely_90.en: Agreement within 90 days
-- measure.timely_30_atrisk.it: Patto entro 30 giorni, esclusi i rioccupati
-- measure.timely_30_atrisk.en: Agreement within 30 days, those re-employed left out
-- measure.timely_60_atrisk.it: Patto entro 60 giorni, esclusi i rioccupati
-- measure.timely_60_atrisk.en: Agreement within 60 days, those re-employed left out
-- measure.timely_90_atrisk.it: Patto entro 90 giorni, esclusi i rioccupati
-- measure.timely_90_atrisk.en: Agreement within 90 days, those re-employed left out
-- materialize: table
-- caveat.it.4: L’anno non è la somma dei trimestri: vale la prima iscrizione dell’anno.
-- caveat.en.4: A year is not the sum of its quarters: the first registration of the year counts.

WITH terms AS (
  SELECT measure, days FROM reference.horizons WHERE indicator = 'lep_timely'
), measures AS (
  SELECT measure, days, false AS at_risk FROM terms
  UNION ALL
  SELECT measure || '_atrisk' AS measure, days, true AS at_risk FROM terms
), states AS (
  SELECT m.measure, s.period_type, s.period,
         CASE WHEN bool_or(s.begins_before) THEN 'source_gap'
              WHEN NOT bool_and(coalesce(s.settled_days >= m.days, false)) THEN 'not_observable'
         END AS reason
  FROM measures m
  JOIN marts.period_sources s ON s.contract IN ('registrations', 'agreements')
  GROUP BY m.measure, s.period_type, s.period
), requested AS (
  SELECT c.geo_level, c.geo, s.period_type, s.period, s.measure, s.reason,
         c.sex, c.age_band, c.citizenship, c.education, c.duration, c.profile
  FROM marts.cells c
  JOIN states s ON s.period_type = c.period_type
  WHERE c.breakdown IN ('_T', 'sex', 'age_band', 'sex_age_band', 'citizenship', 'education', 'duration', 'profile')
), spans AS (
  -- the shortest term that holds each number of days
  SELECT d.day, min(t.days) AS within
  FROM (SELECT CAST(unnest(generate_series(0, max(days))) AS INTEGER) AS day FROM terms) d
  JOIN terms t ON t.days >= d.day
  GROUP BY d.day
), waits AS (
  -- the shortest term that a wait keeps to tells all that the measures ask
  SELECT t.district, t.quarter, t.year, t.opens_year,
         t.sex, t.age_band, t.citizenship, t.education, t.duration, t.profile,
         a.within AS agreed_within, e.within AS employed_within
  FROM marts.timeliness t
  LEFT JOIN spans a ON a.day = t.agreed_after_days
  LEFT JOIN spans e ON e.day = t.employed_after_days
), leaves AS (
  SELECT district, quarter, year, opens_year, agreed_within, employed_within,
         CASE WHEN grouping(sex) = 0 THEN sex ELSE '_T' END AS sex,
         CASE WHEN grouping(age_band) = 0 THEN age_band ELSE '_T' END AS age_band,
         CASE WHEN grouping(citizenship) = 0 THEN citizenship ELSE '_T' END AS citizenship,
         CASE WHEN grouping(education) = 0 THEN education ELSE '_T' END AS education,
         CASE WHEN grouping(duration) = 0 THEN duration ELSE '_T' END AS duration,
         CASE WHEN grouping(profile) = 0 THEN profile ELSE '_T' END AS profile,
         count(*) AS persons
  FROM waits
  GROUP BY GROUPING SETS (
    (district, quarter, year, opens_year, agreed_within, employed_within),
    (district, quarter, year, opens_year, agreed_within, employed_within, sex),
    (district, quarter, year, opens_year, agreed_within, employed_within, age_band),
    (district, quarter, year, opens_year, agreed_within, employed_within, sex, age_band),
    (district, quarter, year, opens_year, agreed_within, employed_within, citizenship),
    (district, quarter, year, opens_year, agreed_within, employed_within, education),
    (district, quarter, year, opens_year, agreed_within, employed_within, duration),
    (district, quarter, year, opens_year, agreed_within, employed_within, profile)
  )
), dated AS (
  -- the registration that opens the year is also the first of its quarter
  SELECT 'quarter' AS period_type, quarter AS period, district, agreed_within, employed_within,
         sex, age_band, citizenship, education, duration, profile, persons
  FROM leaves
  UNION ALL
  SELECT 'year', year, district, agreed_within, employed_within,
         sex, age_band, citizenship, education, duration, profile, persons
  FROM leaves
  WHERE opens_year
), judged AS (
  SELECT l.district, l.period_type, l.period,
         l.sex, l.age_band, l.citizenship, l.education, l.duration, l.profile, m.measure, m.at_risk, l.persons,
         coalesce(l.agreed_within <= m.days, false) AS timely,
         coalesce(l.employed_within <= m.days, false) AS re_employed
  FROM dated l
  CROSS JOIN measures m
), counted AS (
  SELECT g.geo, j.period_type, j.period, j.measure,
         j.sex, j.age_band, j.citizenship, j.education, j.duration, j.profile,
         coalesce(sum(j.persons) FILTER (WHERE j.timely), 0) AS timely, sum(j.persons) AS registered
  FROM judged j
  JOIN marts.geo_paths g ON g.leaf = j.district
  WHERE NOT (j.at_risk AND j.re_employed AND NOT j.timely)
  GROUP BY g.geo, j.period_type, j.period, j.measure,
           j.sex, j.age_band, j.citizenship, j.education, j.duration, j.profile
)
SELECT r.geo_level, r.geo, r.period_type, r.period,
       r.sex, r.age_band, r.citizenship, r.education, r.duration, r.profile, r.measure,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.timely, 0) AS DOUBLE) END AS numerator,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.registered, 0) AS DOUBLE) END AS denominator,
       CAST(NULL AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN r.reason IS NOT NULL THEN 'O' WHEN b.list IS NOT NULL THEN 'B' END AS obs_status,
       r.reason, CAST(NULL AS VARCHAR) AS note_ids
FROM requested r
LEFT JOIN counted c
  ON c.geo = r.geo AND c.period_type = r.period_type AND c.period = r.period AND c.measure = r.measure
 AND c.sex = r.sex AND c.age_band = r.age_band AND c.citizenship = r.citizenship
 AND c.education = r.education AND c.duration = r.duration AND c.profile = r.profile
LEFT JOIN marts.series_breaks b
  ON b.list = 'profile' AND r.profile <> '_T' AND b.period_type = r.period_type AND b.period = r.period
