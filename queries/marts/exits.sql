-- title.it: Uscite dalle misure
-- title.en: Exits from measures
-- description.it: Una riga per persona e periodo: la fine dell'ultima misura terminata, se nessun'altra era in corso quel giorno, e se la persona lavora a ogni orizzonte da allora.
-- description.en: One row per person and period: the end of the last measure completed, unless another one was running that day, and whether the person is in work at each horizon from then.
-- grain: person_id, period_type, period
-- column.measure_received.it: la misura terminata
-- column.measure_received.en: the measure completed

-- The last completed measure of a year is also the last of its quarter, so that
-- measures are sorted once. A view: only the outcomes after exit read it, once.
WITH horizons AS (
  SELECT max(days) FILTER (WHERE measure = 'after_exit_180') AS d180, max(days) FILTER (WHERE measure = 'after_exit_365') AS d365
  FROM reference.horizons
  WHERE indicator = 'out_after_exit'
), measures AS (
  SELECT service_id, hash(service_id) AS service, person_id, hash(person_id) AS person, registration_id, measure, last_event, started_on, ended_on
  FROM staging.services
  WHERE beneficiary_kind = 'person' AND measure IS NOT NULL
), completed AS (
  SELECT service_id, service, person_id, person, registration_id, measure, ended_on,
         lead(ended_on) OVER (PARTITION BY person ORDER BY ended_on, service_id DESC) AS later_on
  FROM measures
  WHERE last_event = '10' AND ended_on IS NOT NULL
), latest AS (
  SELECT service, person_id, person, registration_id, measure, ended_on, later_on IS NULL OR year(later_on) > year(ended_on) AS closes_year
  FROM completed
  WHERE later_on IS NULL OR date_trunc('quarter', later_on) > date_trunc('quarter', ended_on)
), running AS (
  -- what was begun and not rejected, refused, annulled or deleted
  SELECT service, person, started_on, coalesce(ended_on, DATE '9999-12-31') AS ended_on
  FROM measures
  WHERE last_event NOT IN ('01', '03', '04', '06', '07', '08') AND started_on IS NOT NULL
), held AS (
  SELECT DISTINCT l.service
  FROM running o
  JOIN latest l ON o.person = l.person AND o.started_on <= l.ended_on AND o.ended_on > l.ended_on AND o.service <> l.service
), outs AS (
  SELECT l.service, l.person_id, l.person, l.registration_id, l.measure, l.ended_on, l.closes_year
  FROM latest l
  ANTI JOIN held h ON h.service = l.service
), employed AS (
  SELECT o.service,
         bool_or(e.start_on <= o.ended_on + h.d180 AND (e.end_on IS NULL OR e.end_on >= o.ended_on + h.d180)) AS after_exit_180,
         bool_or(e.start_on <= o.ended_on + h.d365 AND (e.end_on IS NULL OR e.end_on >= o.ended_on + h.d365)) AS after_exit_365
  FROM marts.working_times e
  CROSS JOIN horizons h
  JOIN outs o ON e.person = o.person AND e.start_on <= o.ended_on + h.d365
  GROUP BY o.service
), told AS (
  SELECT o.person_id, o.closes_year, o.ended_on, o.measure AS measure_received, d.code AS district, s.code AS sex, b.age_band,
         coalesce(e.after_exit_180, false) AS after_exit_180, coalesce(e.after_exit_365, false) AS after_exit_365
  FROM outs o
  JOIN marts.entries r ON r.registration = hash(o.registration_id)
  LEFT JOIN marts.code_numbers d ON d.list = 'geo' AND d.number = r.district_no
  LEFT JOIN marts.code_numbers s ON s.list = 'sex' AND s.number = r.sex_no
  LEFT JOIN marts.age_bands b ON b.age = year(o.ended_on) - r.birth_year
  LEFT JOIN employed e ON e.service = o.service
)
SELECT person_id, 'quarter' AS period_type, year(ended_on) || '-Q' || quarter(ended_on) AS period, ended_on, measure_received,
       district, sex, age_band, after_exit_180, after_exit_365
FROM told
UNION ALL
SELECT person_id, 'year', CAST(year(ended_on) AS VARCHAR), ended_on, measure_received, district, sex, age_band, after_exit_180, after_exit_365
FROM told
WHERE closes_year
