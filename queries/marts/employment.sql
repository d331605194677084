-- title.it: Periodi di occupazione delle persone
-- title.en: Employment of persons
-- description.it: L'unione dei periodi di lavoro che valgono come occupazione: uno per persona e tratto senza interruzioni. Un tratto copre il giorno d se inizia al più tardi quel giorno e non è finito prima.
-- description.en: The union of the spells of work that count as employment: one per person and stretch without interruption. A stretch covers day d if it starts on that day at the latest and has not ended before.
-- grain: person_id, start_on
-- materialize: table
-- column.end_on.it: vuoto: ancora in corso
-- column.end_on.en: empty: still running

-- Two jobs at once are one stretch, and so are two that follow each other with
-- no more than gap_days between them: persons are counted, not jobs.
WITH tolerance AS (
  SELECT CAST(value AS INTEGER) AS gap_days FROM reference.parameters WHERE name = 'gap_days'
), spells AS (
  SELECT person_id, start_on, coalesce(end_on, DATE '9999-12-31') AS last_day
  FROM marts.spells
  WHERE qualifying AND NOT stale
), reached AS (
  SELECT person_id, start_on, last_day,
         max(last_day) OVER (PARTITION BY person_id ORDER BY start_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached_day
  FROM spells
), joined AS (
  -- the start of the stretch a spell belongs to; of spells begun on one day
  -- any may come first, so peers are looked at together
  SELECT r.person_id, r.last_day,
         max(r.start_on) FILTER (WHERE r.reached_day IS NULL OR r.start_on - r.reached_day > 1 + t.gap_days)
           OVER (PARTITION BY r.person_id ORDER BY r.start_on RANGE UNBOUNDED PRECEDING) AS start_on
  FROM reached r
  CROSS JOIN tolerance t
)
SELECT person_id, start_on, nullif(max(last_day), DATE '9999-12-31') AS end_on
FROM joined
GROUP BY person_id, start_on
