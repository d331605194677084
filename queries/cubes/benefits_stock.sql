-- title.it: Persone con un sostegno al reddito
-- title.en: Persons on income support
-- description.it: Quante persone iscritte ai servizi per il lavoro ricevevano un sostegno al reddito l'ultimo giorno del periodo, per tipo di sostegno e territorio di domicilio.
-- description.en: How many persons registered with the employment services received income support on the last day of the period, by kind of support and territory of domicile.
-- universe.it: Persone che si sono iscritte almeno una volta ai servizi per il lavoro della regione e che l'ultimo giorno del periodo avevano un sostegno in corso. Chi non si è mai iscritto non ha un territorio e non è contato.
-- universe.en: Persons who registered at least once with the employment services of the region and had support running on the last day of the period. Those who never registered have no territory and are not counted.
-- source.it: Elaborazioni dell'osservatorio su sostegni al reddito e iscrizioni
-- source.en: Computed by the observatory from income support and registrations
-- caveat.it.1: È il numero di un giorno, non di quante persone hanno avuto il sostegno nel periodo: chi entra ed esce fra due fine periodo non si vede.
-- caveat.en.1: It is the number of one day, not of how many persons had the support in the period: who enters and leaves between two ends of period is not seen.
-- caveat.it.2: I tipi di sostegno non si sommano: una persona può averne più di uno nello stesso giorno.
-- caveat.en.2: Kinds of support do not add up: a person may have more than one on the same day.
-- caveat.it.3: Le misure cambiano: il Reddito di cittadinanza è finito nel 2023, seguito dal Supporto per la formazione e il lavoro (da settembre 2023) e dall'Assegno di inclusione (da gennaio 2024), che hanno altri requisiti. Non sono una serie sola.
-- caveat.en.3: Measures change: the citizenship income (RdC) ended in 2023, followed by the support for training and work (SFL, from September 2023) and the inclusion allowance (ADI, from January 2024), which have other requirements. They are not one series.
-- caveat.it.4: Territorio, sesso ed età sono quelli dell'ultima iscrizione fatta fino a quel giorno, anche se è già chiusa.
-- caveat.en.4: Territory, sex and age are those of the latest registration made until that day, even if it is closed already.
-- protection: personal
-- kind: count
-- unit: persons
-- definition: benefits_stock@1
-- method: benefits_stock
-- grain: geo_level, geo, period_type, period, sex, age_band, measure
-- breakdowns: sex, age_band
-- rules: income_support
-- population: benefits_{measure}
-- time: stock
-- measures: benefit_kind
-- materialize: table

WITH states AS (
  SELECT p.period_type, p.period, p.last_day,
         CASE WHEN bool_or(p.last_day < c.complete_from) THEN 'source_gap'
              WHEN NOT bool_and(coalesce(p.last_day <= c.settled_to, false)) THEN 'not_observable'
         END AS reason
  FROM marts.periods p
  JOIN marts.completeness b ON b.contract = 'benefits' AND p.last_day >= b.complete_from AND p.first_day <= b.complete_to
  JOIN marts.completeness c ON c.contract IN ('benefits', 'registrations')
  GROUP BY p.period_type, p.period, p.last_day
), requested AS (
  SELECT c.geo_level, c.geo, s.period_type, s.period, s.last_day, s.reason, c.sex, c.age_band, k.code AS measure
  FROM marts.cells c
  JOIN states s ON s.period_type = c.period_type
  CROSS JOIN reference.codes k
  WHERE c.breakdown IN ('_T', 'sex', 'age_band', 'sex_age_band') AND k.list = 'benefit_kind'
), leaves AS (
  SELECT district, day, kind, sex, age_band, count(*) AS persons
  FROM marts.benefits_running
  GROUP BY district, day, kind, sex, age_band
), counted AS (
  SELECT g.geo, l.day, l.kind,
         CASE WHEN grouping(l.sex) = 0 THEN l.sex ELSE '_T' END AS sex,
         CASE WHEN grouping(l.age_band) = 0 THEN l.age_band ELSE '_T' END AS age_band,
         sum(l.persons) AS persons
  FROM leaves l
  JOIN marts.geo_paths g ON g.leaf = l.district
  GROUP BY GROUPING SETS ((g.geo, l.day, l.kind), (g.geo, l.day, l.kind, l.sex), (g.geo, l.day, l.kind, l.age_band),
                          (g.geo, l.day, l.kind, l.sex, l.age_band))
)
SELECT r.geo_level, r.geo, r.period_type, r.period, r.sex, r.age_band, r.measure,
       CAST(NULL AS DOUBLE) AS numerator, CAST(NULL AS DOUBLE) AS denominator,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.persons, 0) AS DOUBLE) END AS value,
       CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN r.reason IS NOT NULL THEN 'O' END AS obs_status, r.reason, CAST(NULL AS VARCHAR) AS note_ids
FROM requested r
LEFT JOIN counted c
  ON c.geo = r.geo AND c.day = r.last_day AND c.kind = r.measure AND c.sex = r.sex AND c.age_band = r.age_band
