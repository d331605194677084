-- title.it: Tempo fino al primo lavoro
-- title.en: Time to the first job
-- description.it: In quanti giorni dalla firma del patto le persone che non avevano un lavoro ne cominciano uno: quota cumulata ogni 30 giorni fino a un anno e giorno mediano, per territorio di domicilio e periodo della firma.
-- description.en: In how many days from signing the agreement persons who were out of work begin a job: cumulated share every 30 days up to a year and median day, by territory of domicile and period of signing.
-- universe.it: Persone domiciliate nella regione che nel periodo hanno firmato il primo patto di servizio in dodici mesi e quel giorno non avevano un lavoro.
-- universe.en: Persons domiciled in the region who in the period signed their first service agreement in twelve months and had no job on that day.
-- numerator.it: Persone della coorte che entro quel giorno hanno cominciato il primo lavoro, o sono morte o andate in pensione prima di cominciarlo. Il valore non è il loro rapporto: tiene conto di chi non è osservato fino a quel giorno.
-- numerator.en: Persons of the cohort who by that day began their first job, or died or retired before beginning one. The value is not their ratio: it allows for those not observed to that day.
-- denominator.it: Persone della coorte: chi ha firmato nel periodo e quel giorno non aveva un lavoro. Non si contano i patti firmati nei dodici mesi dopo un altro patto della stessa persona.
-- denominator.en: Persons of the cohort: those who signed in the period and had no job on that day. Agreements signed within twelve months of another one of the same person are not counted.
-- source.it: Elaborazioni dell'osservatorio su patti di servizio e comunicazioni obbligatorie
-- source.en: Computed by the observatory from service agreements and compulsory communications of employment
-- caveat.it.1: La curva dice quante persone hanno cominciato un primo lavoro entro un certo giorno, tenendo conto di chi nel frattempo è morto o è andato in pensione e non potrà più cominciarlo (incidenza cumulata di Aalen–Johansen). Non è la percentuale di chi lavora quel giorno: chi ha perso il lavoro resta nella curva.
-- caveat.en.1: The curve tells how many persons began a first job by a certain day, allowing for those who in the meantime died or retired and can no longer begin one (Aalen–Johansen cumulative incidence). It is not the percentage in work on that day: those who lost the job stay in the curve.
-- caveat.it.2: Chi si trasferisce è osservato fino al giorno in cui se ne va, chi ha firmato da poco fino all'ultimo giorno assestato: dopo, si suppone che se ne andrebbero come gli altri.
-- caveat.en.2: Those who move away are observed until the day they leave, those who signed lately until the last settled day: afterwards they are supposed to fare like the others.
-- caveat.it.3: Finché non tutte le persone sono state seguite fino a quel giorno il punto è provvisorio. Dove restano meno di 30 persone da osservare la curva non si legge.
-- caveat.en.3: As long as not all persons have been followed to that day the point is provisional. Where fewer than 30 persons are left to observe the curve is not to be read.
-- caveat.it.4: La mediana è il primo giorno in cui almeno metà della coorte ha cominciato un lavoro; se in un anno non succede, non è raggiunta.
-- caveat.en.4: The median is the first day by which at least half of the cohort has begun a job; if that does not happen within a year, it is not reached.
-- caveat.it.5: È lavoro ciò che risulta dalle comunicazioni obbligatorie: lavoro subordinato, apprendistato, collaborazioni coordinate e continuative e missioni in somministrazione. I tirocini, i lavori socialmente utili e le borse lavoro non sono occupazione.
-- caveat.en.5: Work is what compulsory communications show: employment, apprenticeship, coordinated continuous collaborations and agency missions. Traineeships, socially useful work and work grants are not employment.
-- caveat.it.6: Restano fuori il lavoro autonomo, il lavoro all'estero, il lavoro non dichiarato e, se arrivano solo le comunicazioni della regione, i lavori svolti in altre regioni da chi non vi è domiciliato: la quota vera di occupati è più alta.
-- caveat.en.6: Self-employment, work abroad, undeclared work and, where only the region's own communications arrive, jobs in other regions that are not reported to it are left out: the true share of employed persons is higher.
-- caveat.it.7: La formula è dell'osservatorio. Le differenze fra territori o gruppi non misurano l'effetto dei servizi: riflettono anche chi vi si rivolge e il mercato del lavoro locale.
-- caveat.en.7: The formula is the observatory's own. Differences between territories or groups do not measure the effect of services: they also reflect who turns to them and the local labour market.
-- protection: personal
-- kind: estimate
-- unit: percent
-- definition: out_time_to_job@1
-- method: out_time_to_job
-- grain: geo_level, geo, period_type, period, sex, age_band, path, measure
-- breakdowns: sex, age_band, path
-- rules: curves
-- population: out_of_work
-- answers: job_0 < job_30 < job_60 < job_90 < job_120 < job_150 < job_180 < job_210 < job_240 < job_270 < job_300 < job_330 < job_365; left_0 < left_30 < left_60 < left_90 < left_120 < left_150 < left_180 < left_210 < left_240 < left_270 < left_300 < left_330 < left_365; job_median = after; job_90 within ever_90; job_180 within ever_180; job_365 within ever_365
-- measure.job_0.it: Primo lavoro entro 0 giorni
-- measure.job_0.en: First job within 0 days
-- measure.job_30.it: Primo lavoro entro 30 giorni
-- measure.job_30.en: First job within 30 days
-- measure.job_60.it: Primo lavoro entro 60 giorni
-- measure.job_60.en: First job within 60 days
-- measure.job_90.it: Primo lavoro entro 90 giorni
-- measure.job_90.en: First job within 90 days
-- measure.job_120.it: Primo lavoro entro 120 giorni
-- measure.job_120.en: First job within 120 days
-- measure.job_150.it: Primo lavoro entro 150 giorni
-- measure.job_150.en: First job within 150 days
-- measure.job_180.it: Primo lavoro entro 180 giorni
-- measure.job_180.en: First job within 180 days
-- measure.job_210.it: Primo lavoro entro 210 giorni
-- measure.job_210.en: First job within 210 days
-- measure.job_240.it: Primo lavoro entro 240 giorni
-- measure.job_240.en: First job within 240 days
-- measure.job_270.it: Primo lavoro entro 270 giorni
-- measure.job_270.en: First job within 270 days
-- measure.job_300.it: Primo lavoro entro 300 giorni
-- measure.job_300.en: First job within 300 days
-- measure.job_330.it: Primo lavoro entro 330 giorni
-- measure.job_330.en: First job within 330 days
-- measure.job_365.it: Primo lavoro entro 365 giorni
-- measure.job_365.en: First job within 365 days
-- measure.left_0.it: Decesso o pensione entro 0 giorni
-- measure.left_0.en: Death or retirement within 0 days
-- measure.left_30.it: Decesso o pensione entro 30 giorni
-- measure.left_30.en: Death or retirement within 30 days
-- measure.left_60.it: Decesso o pensione entro 60 giorni
-- measure.left_60.en: Death or retirement within 60 days
-- measure.left_90.it: Decesso o pensione entro 90 giorni
-- measure.left_90.en: Death or retirement within 90 days
-- measure.left_120.it: Decesso o pensione entro 120 giorni
-- measure.left_120.en: Death or retirement within 120 days
-- measure.left_150.it: Decesso o pensione entro 150 giorni
-- measure.left_150.en: Death or retirement within 150 days
-- measure.left_180.it: Decesso o pensione entro 180 giorni
-- measure.left_180.en: Death or retirement within 180 days
-- measure.left_210.it: Decesso o pensione entro 210 giorni
-- measure.left_210.en: Death or retirement within 210 days
-- measure.left_240.it: Decesso o pensione entro 240 giorni
-- measure.left_240.en: Death or retirement within 240 days
-- measure.left_270.it: Decesso o pensione entro 270 giorni
-- measure.left_270.en: Death or retirement within 270 days
-- measure.left_300.it: Decesso o pensione entro 300 giorni
-- measure.left_300.en: Death or retirement within 300 days
-- measure.left_330.it: Decesso o pensione entro 330 giorni
-- measure.left_330.en: Death or retirement within 330 days
-- measure.left_365.it: Decesso o pensione entro 365 giorni
-- measure.left_365.en: Death or retirement within 365 days
-- measure.job_median.it: Giorno mediano del primo lavoro
-- measure.job_median.en: Median day of the first job
-- measure.job_median.unit: days
-- materialize: table

WITH points AS (
  SELECT measure, regexp_extract(measure, '^[a-z]+') AS event, days
  FROM reference.horizons
  WHERE indicator = 'out_time_to_job'
), reach AS (
  SELECT max(days) AS last_day FROM points
), fewest AS (
  SELECT value AS persons FROM reference.parameters WHERE name = 'curve_min_at_risk'
), states AS (
  SELECT period_type, period, last_day - first_day AS span, bool_or(begins_before) AS has_gap,
         CASE WHEN count(settled_days) = count(*) THEN min(settled_days) END AS settled_days
  FROM marts.period_sources
  WHERE contract IN ('registrations', 'agreements', 'placements')
  GROUP BY period_type, period, first_day, last_day
), requested AS (
  -- a number for each cell: sorting by it is much less work than by its names
  SELECT row_number() OVER (ORDER BY c.geo, s.period_type, s.period, c.sex, c.age_band, c.path) AS cell,
         c.geo_level, c.geo, c.sex, c.age_band, c.path, s.period_type, s.period, s.span, s.has_gap, s.settled_days
  FROM marts.cells c
  JOIN states s ON s.period_type = c.period_type
  WHERE c.breakdown IN ('_T', 'sex', 'age_band', 'path')
), counted AS MATERIALIZED (
  -- a period with a gap, or of which not one day is settled, has no curve to draw
  SELECT r.cell, t.day, CAST(t.jobs AS DOUBLE) AS jobs, CAST(t.gone AS DOUBLE) AS gone, CAST(t.persons AS DOUBLE) AS persons
  FROM marts.job_times t
  JOIN requested r
    ON r.geo = t.geo AND r.period_type = t.period_type AND r.period = t.period
   AND r.sex = t.sex AND r.age_band = t.age_band AND r.path = t.path
  WHERE NOT coalesce(r.has_gap, false) AND r.settled_days + r.span >= 0
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
  SELECT c.cell, c.day, s.place, c.jobs, c.gone, c.persons,
         n.cohort - sum(c.persons) OVER upto + c.persons AS at_risk, sum(c.jobs) OVER upto AS all_jobs
  FROM counted c
  JOIN cohorts n ON n.cell = c.cell
  JOIN spans s ON s.day = c.day
  WINDOW upto AS (PARTITION BY c.cell ORDER BY c.day ROWS UNBOUNDED PRECEDING)
), waiting AS (
  SELECT cell, day, place, jobs, gone, persons, at_risk, all_jobs,
         coalesce(product(1 - (jobs + gone) / at_risk) OVER (
           PARTITION BY cell ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 1) AS free
  FROM risks
), incidences AS (
  SELECT cell, day, place, jobs, gone, persons, at_risk, all_jobs, free,
         CASE WHEN at_risk > jobs + gone THEN (jobs + gone) / (at_risk * (at_risk - jobs - gone)) ELSE 0 END AS hazard_variance,
         sum(free * jobs / at_risk) OVER upto AS job_incidence, sum(free * gone / at_risk) OVER upto AS left_incidence
  FROM waiting
  WINDOW upto AS (PARTITION BY cell ORDER BY day ROWS UNBOUNDED PRECEDING)
), shares AS (
  -- what each day adds to the variance of an incidence I at any later day, ordered
  -- by powers of I: I * I * v0 - 2 * I * v1 + v2 (see the method page)
  SELECT cell, day, place, gone, persons, at_risk, all_jobs, job_incidence, left_incidence, hazard_variance AS v0,
         job_incidence * hazard_variance + free * jobs / (at_risk * at_risk) AS job_v1,
         job_incidence * job_incidence * hazard_variance
           + free * free * (at_risk - jobs) * jobs / (at_risk * at_risk * at_risk)
           + 2 * job_incidence * free * jobs / (at_risk * at_risk) AS job_v2,
         left_incidence * hazard_variance + free * gone / (at_risk * at_risk) AS left_v1,
         left_incidence * left_incidence * hazard_variance
           + free * free * (at_risk - gone) * gone / (at_risk * at_risk * at_risk)
           + 2 * left_incidence * free * gone / (at_risk * at_risk) AS left_v2
  FROM incidences
), summed AS MATERIALIZED (
  -- along the curve in the order of its days, so that the same data give the same bits
  SELECT cell, day, place, lead(place) OVER (PARTITION BY cell ORDER BY day) AS next_place, persons, at_risk,
         all_jobs, sum(gone) OVER upto AS all_gone, job_incidence, left_incidence, sum(v0) OVER upto AS v0,
         sum(job_v1) OVER upto AS job_v1, sum(job_v2) OVER upto AS job_v2,
         sum(left_v1) OVER upto AS left_v1, sum(left_v2) OVER upto AS left_v2
  FROM shares
  WINDOW upto AS (PARTITION BY cell ORDER BY day ROWS UNBOUNDED PRECEDING)
), drawn AS (
  -- the last day up to each asked one: between its days a curve is flat
  SELECT s.cell, s.day, s.persons, s.at_risk, s.all_jobs, s.all_gone, s.job_incidence, s.left_incidence,
         s.v0, s.job_v1, s.job_v2, s.left_v1, s.left_v2,
         unnest(range(s.place, coalesce(s.next_place, l.places + 1))) AS asked_place
  FROM summed s
  CROSS JOIN (SELECT count(*) AS places FROM places) l
  WHERE s.place IS DISTINCT FROM s.next_place
), asked AS (
  SELECT r.cell, r.geo_level, r.geo, r.sex, r.age_band, r.path, r.period_type, r.period, r.span, r.has_gap, r.settled_days,
         coalesce(n.cohort, 0) AS cohort
  FROM requested r
  LEFT JOIN cohorts n ON n.cell = r.cell
), found AS (
  SELECT a.geo_level, a.geo, a.sex, a.age_band, a.path, a.period_type, a.period, a.span, a.has_gap, a.settled_days, a.cohort,
         p.measure, p.days,
         coalesce(d.at_risk - CASE WHEN d.day < p.days THEN d.persons ELSE 0 END, a.cohort) AS at_risk,
         coalesce(CASE p.event WHEN 'job' THEN d.all_jobs ELSE d.all_gone END, 0) AS happened,
         CASE p.event WHEN 'job' THEN d.job_incidence ELSE d.left_incidence END AS incidence,
         d.v0,
         CASE p.event WHEN 'job' THEN d.job_v1 ELSE d.left_v1 END AS v1,
         CASE p.event WHEN 'job' THEN d.job_v2 ELSE d.left_v2 END AS v2
  FROM asked a
  CROSS JOIN points p
  JOIN places l ON l.days = p.days
  LEFT JOIN drawn d ON d.cell = a.cell AND d.asked_place = l.place
), erring AS (
  SELECT geo_level, geo, sex, age_band, path, period_type, period, span, has_gap, settled_days, cohort, measure, days, at_risk, happened,
         incidence, sqrt(greatest(incidence * incidence * v0 - 2 * incidence * v1 + v2, 0)) AS error
  FROM found
), bounded AS (
  -- log(-log) limits stay within 0 and 1; at 0 and at 1, but for the last bits of a sum, there are none
  SELECT geo_level, geo, sex, age_band, path, period_type, period, span, has_gap, settled_days, cohort, measure, days, at_risk, happened,
         incidence,
         CASE WHEN error > 0 AND incidence > 0 AND incidence < 1 - 1e-12
              THEN 1.959963984540054 * error / (incidence * ln(incidence)) END AS spread
  FROM erring
), taken AS (
  SELECT geo_level, geo, sex, age_band, path, period_type, period, cohort, measure,
         happened, 100 * least(coalesce(incidence, 0), 1) AS value,
         100 * pow(incidence, exp(-spread)) AS low, 100 * pow(incidence, exp(spread)) AS high, at_risk,
         CASE WHEN has_gap THEN 'source_gap'
              WHEN NOT coalesce(settled_days + span >= days, false) THEN 'not_observable' END AS reason,
         settled_days < days AS provisional
  FROM bounded
), halves AS MATERIALIZED (
  -- the first day by which half have a job; sums of fractions may miss a half by their last bit
  SELECT cell,
         min(day) FILTER (WHERE job_incidence >= 0.5 - 1e-12) AS median,
         arg_min(at_risk, day) FILTER (WHERE job_incidence >= 0.5 - 1e-12) AS at_risk,
         coalesce(arg_min(all_jobs, day) FILTER (WHERE job_incidence >= 0.5 - 1e-12), max(all_jobs)) AS happened
  FROM summed
  GROUP BY cell
), daily AS (
  -- every day of the curves whose median will be told, for its limits
  SELECT s.cell, s.day, s.job_incidence AS incidence, s.v0, s.job_v1 AS v1, s.job_v2 AS v2
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
  SELECT a.geo_level, a.geo, a.sex, a.age_band, a.path, a.period_type, a.period, a.cohort, 'job_median' AS measure,
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
  SELECT geo_level, geo, period_type, period, sex, age_band, path, measure, cohort, happened, value, low, high, at_risk, reason, provisional
  FROM taken
  UNION ALL
  SELECT geo_level, geo, period_type, period, sex, age_band, path, measure, cohort, happened, value, low, high, at_risk, reason, provisional
  FROM medians
), judged AS (
  SELECT e.geo_level, e.geo, e.period_type, e.period, e.sex, e.age_band, e.path, e.measure, e.cohort, e.happened,
         e.value, e.low, e.high, e.reason,
         CASE WHEN e.reason IS NOT NULL THEN 'O'
              WHEN e.cohort = 0 THEN 'M'
              WHEN e.at_risk < f.persons THEN 'U'
              WHEN e.provisional THEN 'P' END AS status
  FROM estimated e
  CROSS JOIN fewest f
)
SELECT geo_level, geo, period_type, period, sex, age_band, path, measure,
       CASE WHEN reason IS NULL OR reason = 'not_reached' THEN CAST(happened AS DOUBLE) END AS numerator,
       CASE WHEN reason IS NULL OR reason = 'not_reached' THEN CAST(cohort AS DOUBLE) END AS denominator,
       CASE WHEN status IS NULL OR status = 'P' THEN CAST(value AS DOUBLE) END AS value,
       CASE WHEN status IS NULL OR status = 'P' THEN CAST(low AS DOUBLE) END AS low,
       CASE WHEN status IS NULL OR status = 'P' THEN CAST(high AS DOUBLE) END AS high,
       status AS obs_status, reason, CAST(NULL AS VARCHAR) AS note_ids
FROM judged
