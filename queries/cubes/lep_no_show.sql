-- title.it: Mancate presentazioni alle convocazioni
-- title.en: No-shows at appointments
-- description.it: Quante convocazioni dei centri per l’impiego sono andate a vuoto senza giustificazione, per territorio di domicilio e per trimestre o anno del giorno fissato.
-- description.en: How many calls to appear at a job centre came to nothing without good cause, by territory of domicile and by quarter or year of the day set.
-- universe.it: Convocazioni di persone iscritte alla disoccupazione e domiciliate nella regione, con un esito; quelle annullate non contano. Si contano convocazioni, non persone.
-- universe.en: Calls to persons registered as unemployed and domiciled in the region, with an outcome; cancelled ones do not count. Calls are counted, not persons.
-- numerator.it: Convocazioni con esito AI, assenza ingiustificata.
-- numerator.en: Calls with outcome AI, absent without good cause.
-- denominator.it: Convocazioni con esito P, AG o AI: presenza, assenza giustificata, assenza ingiustificata.
-- denominator.en: Calls with outcome P, AG or AI: present, absent with good cause, absent without good cause.
-- source.it: Elaborazioni dell'osservatorio su convocazioni e iscrizioni dei centri per l'impiego
-- source.en: Computed by the observatory from calls and registrations of the job centres
-- caveat.it.1: La formula è dell'osservatorio. Le convocazioni annullate (AN) restano fuori da entrambe le parti, perché nessuno doveva presentarsi.
-- caveat.en.1: The formula is the observatory's own. Cancelled calls (AN) are left out of both parts, as nobody had to appear.
-- caveat.it.2: Una persona convocata più volte conta più volte; chi è stato riconvocato dopo un'assenza pesa di più.
-- caveat.en.2: A person called several times counts several times; who was called again after an absence weighs more.
-- caveat.it.3: Un'assenza può essere giustificata anche dopo: il dato usa l'ultimo esito consegnato.
-- caveat.en.3: An absence may be excused later: the figure uses the latest outcome delivered.
-- caveat.it.4: Le convocazioni di un'iscrizione che manca dagli archivi non hanno territorio e non sono contate.
-- caveat.en.4: Calls of a registration that the records do not hold have no territory and are not counted.
-- protection: personal
-- kind: rate
-- unit: percent
-- definition: lep_no_show@1
-- method: lep_no_show
-- grain: geo_level, geo, period_type, period, sex, age_band, citizenship, measure
-- breakdowns: sex, age_band, citizenship
-- rules: persons
-- population: calls
-- measure.no_show.it: Assenze ingiustificate
-- measure.no_show.en: Absences without good cause
-- materialize: table

WITH states AS (
  SELECT period_type, period, first_day, last_day,
         CASE WHEN bool_or(begins_before) THEN 'source_gap'
              WHEN NOT bool_and(coalesce(settled_days >= 0, false)) THEN 'not_observable'
         END AS reason
  FROM marts.period_sources
  WHERE contract IN ('registrations', 'convocations')
  GROUP BY period_type, period, first_day, last_day
), requested AS (
  SELECT c.geo_level, c.geo, s.period_type, s.period, s.reason, c.sex, c.age_band, c.citizenship
  FROM marts.cells c
  JOIN states s ON s.period_type = c.period_type
  WHERE c.breakdown IN ('_T', 'sex', 'age_band', 'sex_age_band', 'citizenship')
), called AS (
  SELECT date_trunc('quarter', v.called_for) AS quarter_on, v.outcome = 'AI' AS missed,
         d.code AS district, s.code AS sex, b.age_band, n.code AS citizenship
  FROM staging.convocations v
  JOIN marts.entries r ON r.registration = hash(v.registration_id)
  LEFT JOIN marts.code_numbers d ON d.list = 'geo' AND d.number = r.district_no
  LEFT JOIN marts.code_numbers s ON s.list = 'sex' AND s.number = r.traits // 1000000000000000
  LEFT JOIN marts.code_numbers n ON n.list = 'citizenship' AND n.number = r.traits // 1000000000 % 1000
  LEFT JOIN marts.age_bands b ON b.age = year(v.called_for) - r.birth_year
  WHERE v.outcome IN ('P', 'AG', 'AI')
), leaves AS (
  SELECT district, quarter_on,
         CASE WHEN grouping(sex) = 0 THEN sex ELSE '_T' END AS sex,
         CASE WHEN grouping(age_band) = 0 THEN age_band ELSE '_T' END AS age_band,
         CASE WHEN grouping(citizenship) = 0 THEN citizenship ELSE '_T' END AS citizenship,
         count(*) FILTER (WHERE missed) AS missed, count(*) AS calls
  FROM called
  GROUP BY GROUPING SETS (
    (district, quarter_on), (district, quarter_on, sex), (district, quarter_on, age_band),
    (district, quarter_on, sex, age_band), (district, quarter_on, citizenship)
  )
), counted AS (
  -- calls are events: those of a year are those of its quarters
  SELECT g.geo, s.period_type, s.period, l.sex, l.age_band, l.citizenship,
         sum(l.missed) AS missed, sum(l.calls) AS calls
  FROM leaves l
  JOIN states s ON l.quarter_on BETWEEN s.first_day AND s.last_day
  JOIN marts.geo_paths g ON g.leaf = l.district
  GROUP BY g.geo, s.period_type, s.period, l.sex, l.age_band, l.citizenship
)
SELECT r.geo_level, r.geo, r.period_type, r.period, r.sex, r.age_band, r.citizenship, 'no_show' AS measure,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.missed, 0) AS DOUBLE) END AS numerator,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.calls, 0) AS DOUBLE) END AS denominator,
       CAST(NULL AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN r.reason IS NOT NULL THEN 'O' END AS obs_status, r.reason, CAST(NULL AS VARCHAR) AS note_ids
FROM requested r
LEFT JOIN counted c
  ON c.geo = r.geo AND c.period_type = r.period_type AND c.period = r.period
 AND c.sex = r.sex AND c.age_band = r.age_band AND c.citizenship = r.citizenship
