-- title.it: Uscite dalle misure, in numeri
-- title.en: Exits from measures, in numbers
-- description.it: Quello che i conteggi chiedono dell'uscita della persona nel trimestre: chiavi brevi, giorni, e numeri al posto dei nomi (marts.exits li dice per esteso).
-- description.en: What counts ask of the person's exit in the quarter: short keys, days, and numbers in the place of names (marts.exits spells them out).
-- grain: service
-- column.quarter_no.it: quattro volte l'anno più il trimestre meno uno
-- column.quarter_no.en: four times the year plus the quarter less one
-- column.closes_year.it: è anche l'ultima dell'anno
-- column.closes_year.en: it is also the last of the year
-- column.measure_no.it: la misura terminata; 0: non è fra quelle note
-- column.measure_no.en: the measure completed; 0: not one of those known

-- The last completed measure of a year is also the last of its quarter, so that
-- years need a mark and no rows of their own. A view: only the outcomes after
-- exit read it, once.
WITH horizons AS (
  SELECT max(days) FILTER (WHERE measure = 'after_exit_180') AS d180, max(days) FILTER (WHERE measure = 'after_exit_365') AS d365
  FROM reference.horizons
  WHERE indicator = 'out_after_exit'
), measures AS (
  SELECT service_id, hash(service_id) AS service, hash(person_id) AS person, hash(registration_id) AS registration, measure, last_event, started_on, ended_on
  FROM staging.services
  WHERE beneficiary_kind = 'person' AND measure IS NOT NULL
), completed AS NOT MATERIALIZED (
  SELECT service_id, service, person, registration, measure, ended_on
  FROM measures
  WHERE last_event = '10' AND ended_on IS NOT NULL
), several AS (
  SELECT person FROM completed GROUP BY person HAVING count(*) > 1
), latest AS (
  -- only who completed several is put in order
  SELECT c.service, c.person, c.registration, c.measure, c.ended_on, true AS closes_year
  FROM completed c
  ANTI JOIN several s ON s.person = c.person
  UNION ALL
  SELECT service, person, registration, measure, ended_on, later_on IS NULL OR year(later_on) > year(ended_on)
  FROM (
    SELECT c.service, c.person, c.registration, c.measure, c.ended_on,
           lead(c.ended_on) OVER (PARTITION BY c.person ORDER BY c.ended_on, c.service_id DESC) AS later_on
    FROM completed c
    SEMI JOIN several s ON s.person = c.person
  ) o
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
  SELECT l.service, l.person, l.registration, l.measure, l.ended_on, l.closes_year
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
)
SELECT o.service, o.person, o.ended_on, CAST((12 * year(o.ended_on) + month(o.ended_on) - 1) // 3 AS INTEGER) AS quarter_no, o.closes_year,
       CAST(coalesce(m.number, 0) AS SMALLINT) AS measure_no, r.district_no, r.traits // 1000000000000000 AS sex_no, coalesce(b.age_band_no, 0) AS age_band_no,
       coalesce(e.after_exit_180, false) AS after_exit_180, coalesce(e.after_exit_365, false) AS after_exit_365
FROM outs o
JOIN marts.entries r ON r.registration = o.registration
LEFT JOIN marts.age_bands b ON b.age = year(o.ended_on) - r.birth_year
LEFT JOIN marts.code_numbers m ON m.list = 'measure_received' AND m.code = o.measure
LEFT JOIN employed e ON e.service = o.service
