-- title.it: Uscite dalle misure
-- title.en: Exits from measures
-- description.it: Una riga per persona e periodo: la fine dell'ultima misura terminata, se nessun'altra era in corso quel giorno, e se la persona lavora a ogni orizzonte da allora.
-- description.en: One row per person and period: the end of the last measure completed, unless another one was running that day, and whether the person is in work at each horizon from then.
-- grain: person_id, period_type, period
-- materialize: table
-- column.measure_received.it: la misura terminata
-- column.measure_received.en: the measure completed

WITH horizons AS (
  SELECT max(days) FILTER (WHERE measure = 'after_exit_180') AS d180, max(days) FILTER (WHERE measure = 'after_exit_365') AS d365
  FROM reference.horizons
  WHERE indicator = 'out_after_exit'
), measures AS (
  SELECT service_id, person_id, registration_id, measure, last_event, started_on, ended_on
  FROM staging.services
  WHERE beneficiary_kind = 'person' AND measure IS NOT NULL
), completed AS (
  SELECT service_id, person_id, registration_id, measure, ended_on
  FROM measures
  WHERE last_event = '10' AND ended_on IS NOT NULL
), dated AS (
  SELECT service_id, person_id, registration_id, measure, ended_on,
         'quarter' AS period_type, year(ended_on) || '-Q' || quarter(ended_on) AS period
  FROM completed
  UNION ALL
  SELECT service_id, person_id, registration_id, measure, ended_on, 'year', CAST(year(ended_on) AS VARCHAR)
  FROM completed
), latest AS (
  SELECT service_id, person_id, registration_id, measure, ended_on, period_type, period
  FROM dated
  QUALIFY row_number() OVER (PARTITION BY person_id, period_type, period ORDER BY ended_on DESC, service_id) = 1
), running AS (
  -- what was begun and not rejected, refused, annulled or deleted
  SELECT service_id, person_id, started_on, coalesce(ended_on, DATE '9999-12-31') AS ended_on
  FROM measures
  WHERE last_event NOT IN ('01', '03', '04', '06', '07', '08') AND started_on IS NOT NULL
), outs AS (
  SELECT l.person_id, l.registration_id, l.measure, l.ended_on, l.period_type, l.period
  FROM latest l
  ANTI JOIN running o
    ON o.person_id = l.person_id AND o.service_id <> l.service_id AND o.started_on <= l.ended_on AND o.ended_on > l.ended_on
), employed AS (
  SELECT o.person_id, o.period_type, o.period,
         bool_or(e.start_on <= o.ended_on + h.d180 AND (e.end_on IS NULL OR e.end_on >= o.ended_on + h.d180)) AS after_exit_180,
         bool_or(e.start_on <= o.ended_on + h.d365 AND (e.end_on IS NULL OR e.end_on >= o.ended_on + h.d365)) AS after_exit_365
  FROM outs o
  CROSS JOIN horizons h
  JOIN marts.employment e ON e.person_id = o.person_id AND e.start_on <= o.ended_on + h.d365
  GROUP BY o.person_id, o.period_type, o.period
)
SELECT o.person_id, o.period_type, o.period, o.ended_on, o.measure AS measure_received, r.district, r.sex, b.age_band,
       coalesce(e.after_exit_180, false) AS after_exit_180, coalesce(e.after_exit_365, false) AS after_exit_365
FROM outs o
JOIN marts.registrations r ON r.registration_id = o.registration_id
LEFT JOIN marts.age_bands b ON b.age = year(o.ended_on) - r.birth_year
LEFT JOIN employed e ON e.person_id = o.person_id AND e.period_type = o.period_type AND e.period = o.period
