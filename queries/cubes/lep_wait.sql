-- title.it: Attesa del patto di servizio
-- title.en: Wait for the service agreement
-- description.it: Quanta parte delle persone iscritte ha firmato il patto entro ciascun giorno, e quanta aveva già chiuso l’iscrizione, per lavoro o per altro.
-- description.en: What part of the persons registered had signed the agreement by each day, and what part had closed the registration before, by a job or otherwise.
-- universe.it: Persone iscritte alla disoccupazione nel trimestre o nell’anno, domiciliate nella regione; vale la prima iscrizione della persona nel periodo.
-- universe.en: Persons registered as unemployed in the quarter or year and domiciled in the region; the person’s first registration in the period counts.
-- numerator.it: Persone della coorte per cui l’evento è avvenuto, e si è visto, entro quel giorno; per la mediana, i patti firmati fino al giorno mediano.
-- numerator.en: Persons of the cohort for whom the event came, and was seen, by that day; for the median, agreements signed by the median day.
-- denominator.it: Persone iscritte nel periodo.
-- denominator.en: Persons registered in the period.
-- source.it: Elaborazioni dell’osservatorio su iscrizioni e patti di servizio dei centri per l’impiego
-- source.en: Computed by the observatory from registrations and service agreements of the job centres
-- caveat.it.1: È un’incidenza cumulata con eventi concorrenti (Aalen–Johansen): chi chiude l’iscrizione prima di firmare non è «in attesa», e non è tolto dal conto.
-- caveat.en.1: This is a cumulative incidence with competing events (Aalen–Johansen): who closes the registration before signing is not “waiting”, and is not taken out of the count.
-- caveat.it.2: Il valore non è numeratore diviso denominatore finché non tutte le persone sono state seguite fino a quel giorno: tiene conto di chi si è iscritto da poco. Fino ad allora è provvisorio.
-- caveat.en.2: The value is not numerator over denominator until everyone has been followed to that day: it allows for those who registered lately. Until then it is provisional.
-- caveat.it.3: Sotto 30 persone ancora a rischio la curva non si pubblica; la mediana manca se in un anno non ha firmato la metà.
-- caveat.en.3: With fewer than 30 persons still at risk the curve is not published; there is no median where half have not signed within a year.
-- caveat.it.4: Nello stesso giorno il patto viene prima della chiusura dell’iscrizione, e un evento prima della fine delle osservazioni.
-- caveat.en.4: On one day the agreement comes before the closing of the registration, and an event before the end of observation.
-- protection: personal
-- kind: estimate
-- unit: percent
-- definition: lep_wait@1
-- method: lep_wait
-- grain: geo_level, geo, period_type, period, sex, age_band, measure
-- breakdowns: sex, age_band
-- rules: curves
-- measure.agreement_0.it: Patto firmato: il giorno stesso
-- measure.agreement_0.en: Agreement signed: on the day itself
-- measure.agreement_30.it: Patto firmato entro 30 giorni
-- measure.agreement_30.en: Agreement signed within 30 days
-- measure.agreement_60.it: Patto firmato entro 60 giorni
-- measure.agreement_60.en: Agreement signed within 60 days
-- measure.agreement_90.it: Patto firmato entro 90 giorni
-- measure.agreement_90.en: Agreement signed within 90 days
-- measure.agreement_120.it: Patto firmato entro 120 giorni
-- measure.agreement_120.en: Agreement signed within 120 days
-- measure.agreement_150.it: Patto firmato entro 150 giorni
-- measure.agreement_150.en: Agreement signed within 150 days
-- measure.agreement_180.it: Patto firmato entro 180 giorni
-- measure.agreement_180.en: Agreement signed within 180 days
-- measure.agreement_210.it: Patto firmato entro 210 giorni
-- measure.agreement_210.en: Agreement signed within 210 days
-- measure.agreement_240.it: Patto firmato entro 240 giorni
-- measure.agreement_240.en: Agreement signed within 240 days
-- measure.agreement_270.it: Patto firmato entro 270 giorni
-- measure.agreement_270.en: Agreement signed within 270 days
-- measure.agreement_300.it: Patto firmato entro 300 giorni
-- measure.agreement_300.en: Agreement signed within 300 days
-- measure.agreement_330.it: Patto firmato entro 330 giorni
-- measure.agreement_330.en: Agreement signed within 330 days
-- measure.agreement_365.it: Patto firmato entro 365 giorni
-- measure.agreement_365.en: Agreement signed within 365 days
-- measure.employed_0.it: Iscrizione chiusa per lavoro prima del patto: il giorno stesso
-- measure.employed_0.en: Registration closed by a job before the agreement: on the day itself
-- measure.employed_30.it: Iscrizione chiusa per lavoro prima del patto entro 30 giorni
-- measure.employed_30.en: Registration closed by a job before the agreement within 30 days
-- measure.employed_60.it: Iscrizione chiusa per lavoro prima del patto entro 60 giorni
-- measure.employed_60.en: Registration closed by a job before the agreement within 60 days
-- measure.employed_90.it: Iscrizione chiusa per lavoro prima del patto entro 90 giorni
-- measure.employed_90.en: Registration closed by a job before the agreement within 90 days
-- measure.employed_120.it: Iscrizione chiusa per lavoro prima del patto entro 120 giorni
-- measure.employed_120.en: Registration closed by a job before the agreement within 120 days
-- measure.employed_150.it: Iscrizione chiusa per lavoro prima del patto entro 150 giorni
-- measure.employed_150.en: Registration closed by a job before the agreement within 150 days
-- measure.employed_180.it: Iscrizione chiusa per lavoro prima del patto entro 180 giorni
-- measure.employed_180.en: Registration closed by a job before the agreement within 180 days
-- measure.employed_210.it: Iscrizione chiusa per lavoro prima del patto entro 210 giorni
-- measure.employed_210.en: Registration closed by a job before the agreement within 210 days
-- measure.employed_240.it: Iscrizione chiusa per lavoro prima del patto entro 240 giorni
-- measure.employed_240.en: Registration closed by a job before the agreement within 240 days
-- measure.employed_270.it: Iscrizione chiusa per lavoro prima del patto entro 270 giorni
-- measure.employed_270.en: Registration closed by a job before the agreement within 270 days
-- measure.employed_300.it: Iscrizione chiusa per lavoro prima del patto entro 300 giorni
-- measure.employed_300.en: Registration closed by a job before the agreement within 300 days
-- measure.employed_330.it: Iscrizione chiusa per lavoro prima del patto entro 330 giorni
-- measure.employed_330.en: Registration closed by a job before the agreement within 330 days
-- measure.employed_365.it: Iscrizione chiusa per lavoro prima del patto entro 365 giorni
-- measure.employed_365.en: Registration closed by a job before the agreement within 365 days
-- measure.closed_0.it: Iscrizione chiusa per altro prima del patto: il giorno stesso
-- measure.closed_0.en: Registration closed otherwise before the agreement: on the day itself
-- measure.closed_30.it: Iscrizione chiusa per altro prima del patto entro 30 giorni
-- measure.closed_30.en: Registration closed otherwise before the agreement within 30 days
-- measure.closed_60.it: Iscrizione chiusa per altro prima del patto entro 60 giorni
-- measure.closed_60.en: Registration closed otherwise before the agreement within 60 days
-- measure.closed_90.it: Iscrizione chiusa per altro prima del patto entro 90 giorni
-- measure.closed_90.en: Registration closed otherwise before the agreement within 90 days
-- measure.closed_120.it: Iscrizione chiusa per altro prima del patto entro 120 giorni
-- measure.closed_120.en: Registration closed otherwise before the agreement within 120 days
-- measure.closed_150.it: Iscrizione chiusa per altro prima del patto entro 150 giorni
-- measure.closed_150.en: Registration closed otherwise before the agreement within 150 days
-- measure.closed_180.it: Iscrizione chiusa per altro prima del patto entro 180 giorni
-- measure.closed_180.en: Registration closed otherwise before the agreement within 180 days
-- measure.closed_210.it: Iscrizione chiusa per altro prima del patto entro 210 giorni
-- measure.closed_210.en: Registration closed otherwise before the agreement within 210 days
-- measure.closed_240.it: Iscrizione chiusa per altro prima del patto entro 240 giorni
-- measure.closed_240.en: Registration closed otherwise before the agreement within 240 days
-- measure.closed_270.it: Iscrizione chiusa per altro prima del patto entro 270 giorni
-- measure.closed_270.en: Registration closed otherwise before the agreement within 270 days
-- measure.closed_300.it: Iscrizione chiusa per altro prima del patto entro 300 giorni
-- measure.closed_300.en: Registration closed otherwise before the agreement within 300 days
-- measure.closed_330.it: Iscrizione chiusa per altro prima del patto entro 330 giorni
-- measure.closed_330.en: Registration closed otherwise before the agreement within 330 days
-- measure.closed_365.it: Iscrizione chiusa per altro prima del patto entro 365 giorni
-- measure.closed_365.en: Registration closed otherwise before the agreement within 365 days
-- measure.agreement_median.it: Giorni in cui metà ha firmato
-- measure.agreement_median.en: Days by which half have signed
-- measure.agreement_median.unit: days
-- materialize: table

-- Persons are counted by district and day first; the curve of a territory is
-- then drawn from its days, never from its persons.
WITH points AS (
  SELECT measure, regexp_extract(measure, '^[a-z]+') AS event, days
  FROM reference.horizons
  WHERE indicator = 'lep_wait'
), reach AS (
  SELECT max(days) AS last_day FROM points
), fewest AS (
  SELECT value AS persons FROM reference.parameters WHERE name = 'curve_min_at_risk'
), settled AS (
  SELECT CASE WHEN count(settled_to) = count(*) THEN min(settled_to) END AS settled_to
  FROM marts.completeness
  WHERE contract IN ('registrations', 'agreements')
), states AS (
  SELECT period_type, period, last_day - first_day AS span, bool_or(begins_before) AS has_gap,
         CASE WHEN count(settled_days) = count(*) THEN min(settled_days) END AS settled_days
  FROM marts.period_sources
  WHERE contract IN ('registrations', 'agreements')
  GROUP BY period_type, period, first_day, last_day
), waits AS (
  SELECT t.quarter, t.year, t.opens_year, t.district, t.sex, t.age_band,
         coalesce(s.settled_to - t.registered_on, -1) AS followed_days,
         t.agreed_after_days, t.employed_after_days,
         least(t.agreed_after_days, t.employed_after_days, t.closed_after_days) AS event_days
  FROM marts.timeliness t
  CROSS JOIN settled s
), told AS (
  -- who registered after the last settled day was never followed: day -1; what
  -- lies beyond the last day of the curve is still waiting there
  SELECT w.quarter, w.year, w.opens_year, w.district, w.sex, w.age_band,
         CASE WHEN w.followed_days < 0 THEN -1
              ELSE least(w.event_days, w.followed_days, r.last_day + 1) END AS day,
         CASE WHEN w.event_days <= least(w.followed_days, r.last_day) THEN
           CASE WHEN w.agreed_after_days = w.event_days THEN 'agreement'
                WHEN w.employed_after_days = w.event_days THEN 'employed'
                ELSE 'closed' END
         END AS event
  FROM waits w
  CROSS JOIN reach r
), leaves AS (
  SELECT district, quarter, year, opens_year, day,
         CASE WHEN grouping(sex) = 0 THEN sex ELSE '_T' END AS sex,
         CASE WHEN grouping(age_band) = 0 THEN age_band ELSE '_T' END AS age_band,
         count(*) FILTER (WHERE event = 'agreement') AS agreement,
         count(*) FILTER (WHERE event = 'employed') AS employed,
         count(*) FILTER (WHERE event = 'closed') AS closed, count(*) AS persons
  FROM told
  GROUP BY GROUPING SETS (
    (district, quarter, year, opens_year, day), (district, quarter, year, opens_year, day, sex),
    (district, quarter, year, opens_year, day, age_band), (district, quarter, year, opens_year, day, sex, age_band)
  )
), dated AS (
  -- the registration that opens the year is also the first of its quarter
  SELECT 'quarter' AS period_type, quarter AS period, district, day, sex, age_band, agreement, employed, closed, persons
  FROM leaves
  UNION ALL
  SELECT 'year', year, district, day, sex, age_band, agreement, employed, closed, persons
  FROM leaves
  WHERE opens_year
), counted AS (
  SELECT g.geo, l.period_type, l.period, l.sex, l.age_band, l.day,
         sum(l.agreement) AS agreement, sum(l.employed) AS employed, sum(l.closed) AS closed, sum(l.persons) AS persons
  FROM dated l
  JOIN marts.geo_paths g ON g.leaf = l.district
  GROUP BY g.geo, l.period_type, l.period, l.sex, l.age_band, l.day
), cohorts AS (
  SELECT geo, period_type, period, sex, age_band, sum(persons) AS cohort
  FROM counted
  GROUP BY geo, period_type, period, sex, age_band
), requested AS (
  -- numbered, so that curves are sorted and joined by one number
  SELECT row_number() OVER (ORDER BY c.geo, s.period_type, s.period, c.sex, c.age_band) AS cell,
         c.geo_level, c.geo, c.sex, c.age_band, s.period_type, s.period, s.span, s.has_gap, s.settled_days,
         coalesce(n.cohort, 0) AS cohort
  FROM marts.cells c
  JOIN states s ON s.period_type = c.period_type
  LEFT JOIN cohorts n
    ON n.geo = c.geo AND n.period_type = s.period_type AND n.period = s.period AND n.sex = c.sex AND n.age_band = c.age_band
  WHERE c.breakdown IN ('_T', 'sex', 'age_band', 'sex_age_band')
), risks AS (
  -- at risk on a day: who had neither an event nor the end of observation before it
  SELECT r.cell, c.day, c.agreement, c.employed, c.closed, c.persons, c.agreement + c.employed + c.closed AS events,
         CAST(r.cohort - coalesce(sum(c.persons) OVER (
           PARTITION BY r.cell ORDER BY c.day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
         ), 0) AS DOUBLE) AS at_risk
  FROM requested r
  JOIN counted c
    ON c.geo = r.geo AND c.period_type = r.period_type AND c.period = r.period AND c.sex = r.sex AND c.age_band = r.age_band
), waiting AS (
  SELECT cell, day, agreement, employed, closed, persons, at_risk,
         coalesce(product(1 - events / at_risk) OVER (
           PARTITION BY cell ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
         ), 1) AS free,
         CASE WHEN at_risk > events THEN events / (at_risk * (at_risk - events)) ELSE 0 END AS hazard_variance
  FROM risks
), incidences AS (
  SELECT cell, day, persons, at_risk, free, hazard_variance, agreement, employed, closed,
         sum(free * agreement / at_risk) OVER upto AS agreement_incidence, sum(agreement) OVER upto AS agreement_happened,
         sum(free * employed / at_risk) OVER upto AS employed_incidence, sum(employed) OVER upto AS employed_happened,
         sum(free * closed / at_risk) OVER upto AS closed_incidence, sum(closed) OVER upto AS closed_happened
  FROM waiting
  WINDOW upto AS (PARTITION BY cell ORDER BY day ROWS UNBOUNDED PRECEDING)
), summed AS (
  -- the sums that the variance of an incidence is made of: see the method page
  SELECT cell, day, persons, at_risk, sum(hazard_variance) OVER upto AS v0,
         agreement_incidence, agreement_happened,
         sum(agreement_incidence * hazard_variance) OVER upto AS agreement_v1,
         sum(agreement_incidence * agreement_incidence * hazard_variance) OVER upto AS agreement_v2,
         sum(free * free * (at_risk - agreement) * agreement / (at_risk * at_risk * at_risk)) OVER upto AS agreement_own,
         sum(free * agreement / (at_risk * at_risk)) OVER upto AS agreement_c0,
         sum(agreement_incidence * free * agreement / (at_risk * at_risk)) OVER upto AS agreement_c1,
         employed_incidence, employed_happened,
         sum(employed_incidence * hazard_variance) OVER upto AS employed_v1,
         sum(employed_incidence * employed_incidence * hazard_variance) OVER upto AS employed_v2,
         sum(free * free * (at_risk - employed) * employed / (at_risk * at_risk * at_risk)) OVER upto AS employed_own,
         sum(free * employed / (at_risk * at_risk)) OVER upto AS employed_c0,
         sum(employed_incidence * free * employed / (at_risk * at_risk)) OVER upto AS employed_c1,
         closed_incidence, closed_happened,
         sum(closed_incidence * hazard_variance) OVER upto AS closed_v1,
         sum(closed_incidence * closed_incidence * hazard_variance) OVER upto AS closed_v2,
         sum(free * free * (at_risk - closed) * closed / (at_risk * at_risk * at_risk)) OVER upto AS closed_own,
         sum(free * closed / (at_risk * at_risk)) OVER upto AS closed_c0,
         sum(closed_incidence * free * closed / (at_risk * at_risk)) OVER upto AS closed_c1
  FROM incidences
  WINDOW upto AS (PARTITION BY cell ORDER BY day ROWS UNBOUNDED PRECEDING)
), asked AS (
  SELECT r.cell, p.days
  FROM requested r
  CROSS JOIN (SELECT DISTINCT days FROM points) p
), reached AS (
  SELECT a.cell, a.days, s.day, s.persons, s.at_risk, s.v0,
         s.agreement_incidence, s.agreement_happened, s.agreement_v1, s.agreement_v2, s.agreement_own, s.agreement_c0, s.agreement_c1,
         s.employed_incidence, s.employed_happened, s.employed_v1, s.employed_v2, s.employed_own, s.employed_c0, s.employed_c1,
         s.closed_incidence, s.closed_happened, s.closed_v1, s.closed_v2, s.closed_own, s.closed_c0, s.closed_c1
  FROM asked a
  ASOF LEFT JOIN summed s ON s.cell = a.cell AND a.days >= s.day
), told_apart AS (
  SELECT cell, days, 'agreement' AS event, day, persons, at_risk, v0, agreement_incidence AS incidence, agreement_happened AS happened,
         agreement_v1 AS v1, agreement_v2 AS v2, agreement_own AS own, agreement_c0 AS c0, agreement_c1 AS c1
  FROM reached
  UNION ALL
  SELECT cell, days, 'employed' AS event, day, persons, at_risk, v0, employed_incidence AS incidence, employed_happened AS happened,
         employed_v1 AS v1, employed_v2 AS v2, employed_own AS own, employed_c0 AS c0, employed_c1 AS c1
  FROM reached
  UNION ALL
  SELECT cell, days, 'closed' AS event, day, persons, at_risk, v0, closed_incidence AS incidence, closed_happened AS happened,
         closed_v1 AS v1, closed_v2 AS v2, closed_own AS own, closed_c0 AS c0, closed_c1 AS c1
  FROM reached
  UNION ALL
  -- every day of the agreement, for the median
  SELECT cell, NULL, 'median', day, persons, at_risk, v0, agreement_incidence, agreement_happened,
         agreement_v1, agreement_v2, agreement_own, agreement_c0, agreement_c1
  FROM summed
), erring AS (
  SELECT cell, days, event, day, persons, at_risk, incidence, happened,
         sqrt(greatest(incidence * incidence * v0 - 2 * incidence * v1 + v2 + own - 2 * (incidence * c0 - c1), 0)) AS error
  FROM told_apart
), curves AS (
  -- log(-log) limits stay within 0 and 1; at 0 and at 1, but for the last bits of a sum, there are none
  SELECT cell, days, event, day, persons, at_risk, incidence, happened,
         CASE WHEN error > 0 AND incidence > 0 AND incidence < 1 - 1e-12
              THEN pow(incidence, exp(-1.959963984540054 * error / (incidence * ln(incidence)))) END AS low,
         CASE WHEN error > 0 AND incidence > 0 AND incidence < 1 - 1e-12
              THEN pow(incidence, exp(1.959963984540054 * error / (incidence * ln(incidence)))) END AS high
  FROM erring
), taken AS (
  SELECT r.geo_level, r.geo, r.sex, r.age_band, r.period_type, r.period, r.cohort, p.measure,
         coalesce(c.happened, 0) AS happened, 100 * least(coalesce(c.incidence, 0), 1) AS value, 100 * c.low AS low, 100 * c.high AS high,
         coalesce(c.at_risk - CASE WHEN c.day < p.days THEN c.persons ELSE 0 END, r.cohort) AS at_risk,
         CASE WHEN r.has_gap THEN 'source_gap'
              WHEN NOT coalesce(r.settled_days + r.span >= p.days, false) THEN 'not_observable' END AS reason,
         r.settled_days < p.days AS provisional
  FROM requested r
  CROSS JOIN points p
  JOIN curves c ON c.cell = r.cell AND c.event = p.event AND c.days = p.days
), halves AS (
  -- the first day on which half have signed; sums of fractions may miss a half by their last bit
  SELECT cell,
         min(day) FILTER (WHERE incidence >= 0.5 - 1e-12) AS median,
         min(day) FILTER (WHERE high >= 0.5 OR incidence >= 0.5 - 1e-12) AS low,
         min(day) FILTER (WHERE low >= 0.5) AS high,
         arg_min(at_risk, day) FILTER (WHERE incidence >= 0.5 - 1e-12) AS at_risk,
         coalesce(arg_min(happened, day) FILTER (WHERE incidence >= 0.5 - 1e-12), max(happened)) AS happened
  FROM curves
  CROSS JOIN reach r
  WHERE event = 'median' AND day <= r.last_day
  GROUP BY cell
), medians AS (
  SELECT r.geo_level, r.geo, r.sex, r.age_band, r.period_type, r.period, r.cohort, 'agreement_median' AS measure,
         coalesce(m.happened, 0) AS happened, m.median AS value, m.low, m.high, m.at_risk,
         CASE WHEN r.has_gap THEN 'source_gap'
              WHEN r.settled_days IS NULL OR r.settled_days + r.span < 0 THEN 'not_observable'
              WHEN m.median IS NOT NULL OR r.cohort = 0 THEN NULL
              WHEN r.settled_days >= l.last_day THEN 'not_reached'
              ELSE 'not_observable' END AS reason,
         r.settled_days < m.median AS provisional
  FROM requested r
  CROSS JOIN reach l
  LEFT JOIN halves m ON m.cell = r.cell
), estimated AS (
  SELECT geo_level, geo, period_type, period, sex, age_band, measure, cohort, happened, value, low, high, at_risk, reason, provisional
  FROM taken
  UNION ALL
  SELECT geo_level, geo, period_type, period, sex, age_band, measure, cohort, happened, value, low, high, at_risk, reason, provisional
  FROM medians
), judged AS (
  SELECT e.geo_level, e.geo, e.period_type, e.period, e.sex, e.age_band, e.measure, e.cohort, e.happened,
         e.value, e.low, e.high, e.reason,
         CASE WHEN e.reason IS NOT NULL THEN 'O'
              WHEN e.cohort = 0 THEN 'M'
              WHEN e.at_risk < f.persons THEN 'U'
              WHEN e.provisional THEN 'P' END AS status
  FROM estimated e
  CROSS JOIN fewest f
)
SELECT geo_level, geo, period_type, period, sex, age_band, measure,
       CASE WHEN reason IS NULL OR reason = 'not_reached' THEN CAST(happened AS DOUBLE) END AS numerator,
       CASE WHEN reason IS NULL OR reason = 'not_reached' THEN CAST(cohort AS DOUBLE) END AS denominator,
       CASE WHEN status IS NULL OR status = 'P' THEN CAST(value AS DOUBLE) END AS value,
       CASE WHEN status IS NULL OR status = 'P' THEN CAST(low AS DOUBLE) END AS low,
       CASE WHEN status IS NULL OR status = 'P' THEN CAST(high AS DOUBLE) END AS high,
       status AS obs_status, reason, CAST(NULL AS VARCHAR) AS note_ids
FROM judged
