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
-- population: registered
-- time: apart
-- answers: agreement_0 < agreement_30 < agreement_60 < agreement_90 < agreement_120 < agreement_150 < agreement_180 < agreement_210 < agreement_240 < agreement_270 < agreement_300 < agreement_330 < agreement_365; employed_0 < employed_30 < employed_60 < employed_90 < employed_120 < employed_150 < employed_180 < employed_210 < employed_240 < employed_270 < employed_300 < employed_330 < employed_365; closed_0 < closed_30 < closed_60 < closed_90 < closed_120 < closed_150 < closed_180 < closed_210 < closed_240 < closed_270 < closed_300 < closed_330 < closed_365; agreement_median = after; agreement_30 within timely_30; agreement_60 within timely_60; agreement_90 within timely_90; agreement_365 within agreement
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
), requested AS (
  -- numbered, so that curves are counted, sorted and joined by one number
  SELECT row_number() OVER (ORDER BY c.geo, s.period_type, s.period, c.sex, c.age_band) AS cell,
         c.geo_level, c.geo, c.sex, c.age_band, s.period_type, s.period, s.span, s.has_gap, s.settled_days
  FROM marts.cells c
  JOIN states s ON s.period_type = c.period_type
  WHERE c.breakdown IN ('_T', 'sex', 'age_band', 'sex_age_band')
), counted AS MATERIALIZED (
  -- a period with a gap, or of which not one day is settled, has no curve to draw
  SELECT r.cell, l.day, CAST(sum(l.agreement) AS DOUBLE) AS agreement, CAST(sum(l.employed) AS DOUBLE) AS employed,
         CAST(sum(l.closed) AS DOUBLE) AS closed, CAST(sum(l.persons) AS DOUBLE) AS persons
  FROM dated l
  JOIN marts.geo_paths g ON g.leaf = l.district
  JOIN requested r
    ON r.geo = g.geo AND r.period_type = l.period_type AND r.period = l.period AND r.sex = l.sex AND r.age_band = l.age_band
  WHERE NOT coalesce(r.has_gap, false) AND r.settled_days + r.span >= 0
  GROUP BY r.cell, l.day
), cohorts AS (
  SELECT cell, sum(persons) AS cohort FROM counted GROUP BY cell
), places AS (
  SELECT days, row_number() OVER (ORDER BY days) AS place
  FROM (SELECT DISTINCT days FROM points) p
), spans AS (
  -- of each day the first asked one that is not before it
  SELECT d.day, min(p.place) AS place
  FROM (SELECT unnest(generate_series(-1, last_day)) AS day FROM reach) d
  JOIN places p ON p.days >= d.day
  GROUP BY d.day
), risks AS (
  -- at risk on a day: who had neither an event nor the end of observation before it
  SELECT c.cell, c.day, s.place, c.agreement, c.employed, c.closed, c.persons,
         n.cohort - sum(c.persons) OVER upto + c.persons AS at_risk, sum(c.agreement) OVER upto AS agreement_happened
  FROM counted c
  JOIN cohorts n ON n.cell = c.cell
  JOIN spans s ON s.day = c.day
  WINDOW upto AS (PARTITION BY c.cell ORDER BY c.day ROWS UNBOUNDED PRECEDING)
), waiting AS (
  SELECT cell, day, place, agreement, employed, closed, persons, at_risk, agreement_happened,
         coalesce(product(1 - (agreement + employed + closed) / at_risk) OVER (
           PARTITION BY cell ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
         ), 1) AS free
  FROM risks
), incidences AS (
  SELECT cell, day, place, agreement, employed, closed, persons, at_risk, agreement_happened, free,
         CASE WHEN at_risk > agreement + employed + closed
              THEN (agreement + employed + closed) / (at_risk * (at_risk - (agreement + employed + closed))) ELSE 0 END AS hazard_variance,
         sum(free * agreement / at_risk) OVER upto AS agreement_incidence,
         sum(free * employed / at_risk) OVER upto AS employed_incidence,
         sum(free * closed / at_risk) OVER upto AS closed_incidence
  FROM waiting
  WINDOW upto AS (PARTITION BY cell ORDER BY day ROWS UNBOUNDED PRECEDING)
), shares AS (
  -- what each day adds to the variance of an incidence I at any later day, ordered
  -- by powers of I: I * I * v0 - 2 * I * v1 + v2 (see the method page)
  SELECT cell, day, place, employed, closed, persons, at_risk, hazard_variance AS v0,
         agreement_incidence, agreement_happened,
         agreement_incidence * hazard_variance + free * agreement / (at_risk * at_risk) AS agreement_v1,
         agreement_incidence * agreement_incidence * hazard_variance
           + free * free * (at_risk - agreement) * agreement / (at_risk * at_risk * at_risk)
           + 2 * agreement_incidence * free * agreement / (at_risk * at_risk) AS agreement_v2,
         employed_incidence,
         employed_incidence * hazard_variance + free * employed / (at_risk * at_risk) AS employed_v1,
         employed_incidence * employed_incidence * hazard_variance
           + free * free * (at_risk - employed) * employed / (at_risk * at_risk * at_risk)
           + 2 * employed_incidence * free * employed / (at_risk * at_risk) AS employed_v2,
         closed_incidence,
         closed_incidence * hazard_variance + free * closed / (at_risk * at_risk) AS closed_v1,
         closed_incidence * closed_incidence * hazard_variance
           + free * free * (at_risk - closed) * closed / (at_risk * at_risk * at_risk)
           + 2 * closed_incidence * free * closed / (at_risk * at_risk) AS closed_v2
  FROM incidences
), summed AS MATERIALIZED (
  -- along the curve in the order of its days, so that the same data give the same bits
  SELECT cell, day, place, lead(place) OVER (PARTITION BY cell ORDER BY day) AS next_place, persons, at_risk, sum(v0) OVER upto AS v0,
         agreement_incidence, agreement_happened, sum(agreement_v1) OVER upto AS agreement_v1, sum(agreement_v2) OVER upto AS agreement_v2,
         employed_incidence, sum(employed) OVER upto AS employed_happened,
         sum(employed_v1) OVER upto AS employed_v1, sum(employed_v2) OVER upto AS employed_v2,
         closed_incidence, sum(closed) OVER upto AS closed_happened,
         sum(closed_v1) OVER upto AS closed_v1, sum(closed_v2) OVER upto AS closed_v2
  FROM shares
  WINDOW upto AS (PARTITION BY cell ORDER BY day ROWS UNBOUNDED PRECEDING)
), drawn AS (
  -- the last day up to each asked one: between its days a curve is flat
  SELECT s.cell, s.day, s.persons, s.at_risk, s.v0,
         s.agreement_incidence, s.agreement_happened, s.agreement_v1, s.agreement_v2,
         s.employed_incidence, s.employed_happened, s.employed_v1, s.employed_v2,
         s.closed_incidence, s.closed_happened, s.closed_v1, s.closed_v2,
         unnest(range(s.place, coalesce(s.next_place, l.places + 1))) AS asked_place
  FROM summed s
  CROSS JOIN (SELECT count(*) AS places FROM places) l
  WHERE s.place IS DISTINCT FROM s.next_place
), asked AS (
  SELECT r.cell, r.geo_level, r.geo, r.sex, r.age_band, r.period_type, r.period, r.span, r.has_gap, r.settled_days,
         coalesce(n.cohort, 0) AS cohort
  FROM requested r
  LEFT JOIN cohorts n ON n.cell = r.cell
), found AS (
  SELECT a.geo_level, a.geo, a.sex, a.age_band, a.period_type, a.period, a.span, a.has_gap, a.settled_days, a.cohort,
         p.measure, p.days,
         coalesce(d.at_risk - CASE WHEN d.day < p.days THEN d.persons ELSE 0 END, a.cohort) AS at_risk,
         coalesce(CASE p.event WHEN 'agreement' THEN d.agreement_happened WHEN 'employed' THEN d.employed_happened
                               ELSE d.closed_happened END, 0) AS happened,
         CASE p.event WHEN 'agreement' THEN d.agreement_incidence WHEN 'employed' THEN d.employed_incidence
                      ELSE d.closed_incidence END AS incidence,
         d.v0,
         CASE p.event WHEN 'agreement' THEN d.agreement_v1 WHEN 'employed' THEN d.employed_v1 ELSE d.closed_v1 END AS v1,
         CASE p.event WHEN 'agreement' THEN d.agreement_v2 WHEN 'employed' THEN d.employed_v2 ELSE d.closed_v2 END AS v2
  FROM asked a
  CROSS JOIN points p
  JOIN places l ON l.days = p.days
  LEFT JOIN drawn d ON d.cell = a.cell AND d.asked_place = l.place
), erring AS (
  SELECT geo_level, geo, sex, age_band, period_type, period, span, has_gap, settled_days, cohort, measure, days, at_risk, happened, incidence,
         sqrt(greatest(incidence * incidence * v0 - 2 * incidence * v1 + v2, 0)) AS error
  FROM found
), spread AS (
  -- log(-log) limits stay within 0 and 1; at 0 and at 1, but for the last bits of a sum, there are none
  SELECT geo_level, geo, sex, age_band, period_type, period, span, has_gap, settled_days, cohort, measure, days, at_risk, happened, incidence,
         CASE WHEN error > 0 AND incidence > 0 AND incidence < 1 - 1e-12
              THEN 1.959963984540054 * error / (incidence * ln(incidence)) END AS spread
  FROM erring
), taken AS (
  SELECT geo_level, geo, sex, age_band, period_type, period, cohort, measure, happened, 100 * least(coalesce(incidence, 0), 1) AS value,
         100 * pow(incidence, exp(-spread)) AS low, 100 * pow(incidence, exp(spread)) AS high, at_risk,
         CASE WHEN has_gap THEN 'source_gap'
              WHEN NOT coalesce(settled_days + span >= days, false) THEN 'not_observable' END AS reason,
         settled_days < days AS provisional
  FROM spread
), halves AS MATERIALIZED (
  -- the first day on which half have signed; sums of fractions may miss a half by their last bit
  SELECT cell,
         min(day) FILTER (WHERE agreement_incidence >= 0.5 - 1e-12) AS median,
         arg_min(at_risk, day) FILTER (WHERE agreement_incidence >= 0.5 - 1e-12) AS at_risk,
         coalesce(arg_min(agreement_happened, day) FILTER (WHERE agreement_incidence >= 0.5 - 1e-12), max(agreement_happened)) AS happened
  FROM summed
  GROUP BY cell
), daily AS (
  -- every day of the curves whose median will be told, for its limits
  SELECT s.cell, s.day, s.agreement_incidence AS incidence, s.v0, s.agreement_v1 AS v1, s.agreement_v2 AS v2
  FROM summed s
  JOIN halves h ON h.cell = s.cell
  WHERE h.at_risk >= (SELECT persons FROM fewest)
), daily_errors AS (
  SELECT cell, day, incidence, sqrt(greatest(incidence * incidence * v0 - 2 * incidence * v1 + v2, 0)) AS error
  FROM daily
), daily_spreads AS (
  SELECT cell, day, incidence,
         CASE WHEN error > 0 AND incidence > 0 AND incidence < 1 - 1e-12
              THEN 1.959963984540054 * error / (incidence * ln(incidence)) END AS spread
  FROM daily_errors
), limits AS (
  SELECT cell,
         min(day) FILTER (WHERE incidence >= 0.5 - 1e-12 OR pow(incidence, exp(spread)) >= 0.5) AS low,
         min(day) FILTER (WHERE pow(incidence, exp(-spread)) >= 0.5) AS high
  FROM daily_spreads
  GROUP BY cell
), medians AS (
  SELECT a.geo_level, a.geo, a.sex, a.age_band, a.period_type, a.period, a.cohort, 'agreement_median' AS measure,
         coalesce(m.happened, 0) AS happened, m.median AS value, b.low, b.high, m.at_risk,
         CASE WHEN a.has_gap THEN 'source_gap'
              WHEN a.settled_days IS NULL OR a.settled_days + a.span < 0 THEN 'not_observable'
              WHEN m.median IS NOT NULL OR a.cohort = 0 THEN NULL
              WHEN a.settled_days >= l.last_day THEN 'not_reached'
              ELSE 'not_observable' END AS reason,
         a.settled_days < m.median AS provisional
  FROM asked a
  CROSS JOIN reach l
  LEFT JOIN halves m ON m.cell = a.cell
  LEFT JOIN limits b ON b.cell = a.cell
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
