-- title.it: Tempi di lavoro per chiave
-- title.en: Working times by key
-- description.it: I tempi di marts.employment con la chiave breve della persona, per i confronti.
-- description.en: The times of marts.employment with the person's short key, for joins.
-- grain: person, start_on
-- materialize: table
-- column.end_on.it: vuoto: rapporto ancora aperto
-- column.end_on.en: empty: still open

-- Two jobs at once are one stretch, and so are two that follow each other with
-- no more than gap_days between them: persons are counted, not jobs.
WITH tolerance AS (
  SELECT CAST(value AS INTEGER) AS gap_days FROM reference.parameters WHERE name = 'gap_days'
), spells AS (
  SELECT person, start_on, coalesce(end_on, DATE '9999-12-31') AS last_day
  FROM marts.spans
  WHERE works
), reached AS (
  SELECT person, start_on, last_day,
         max(last_day) OVER (PARTITION BY person ORDER BY start_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached_day
  FROM spells
), joined AS (
  -- the start of the stretch a spell belongs to; of spells begun on one day
  -- any may come first, so peers are looked at together
  SELECT r.person, r.last_day,
         max(r.start_on) FILTER (WHERE r.reached_day IS NULL OR r.start_on - r.reached_day > 1 + t.gap_days)
           OVER (PARTITION BY r.person ORDER BY r.start_on RANGE UNBOUNDED PRECEDING) AS start_on
  FROM reached r
  CROSS JOIN tolerance t
)
SELECT person, start_on, nullif(max(last_day), DATE '9999-12-31') AS end_on
FROM joined
GROUP BY person, start_on
