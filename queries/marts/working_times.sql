-- title.it: Tempi di lavoro per chiave
-- title.en: Working times by key
-- description.it: I tempi di marts.employment con la chiave breve della persona, per i confronti.
-- description.en: The times of marts.employment with the person's short key, for joins.
-- grain: person, start_on
-- materialize: table
-- column.end_on.it: vuoto: rapporto ancora aperto
-- column.end_on.en: empty: still open

-- Two jobs at once are one stretch, and so are two that follow each other with
-- no more than gap_days between them: persons are counted, not jobs. A stretch
-- opens with a job that none before it reaches and closes with one from which no
-- later one is reached. Of jobs begun on one day any may come first: that to open
-- is then one of them, and that to close knows how far all of them reach.
WITH tolerance AS (
  SELECT CAST(value AS INTEGER) AS gap_days FROM reference.parameters WHERE name = 'gap_days'
), spells AS (
  -- until which day another job would belong to the same stretch
  SELECT s.person, s.start_on, coalesce(s.end_on, DATE '9999-12-31') + 1 + t.gap_days AS near_to
  FROM marts.spans s
  CROSS JOIN tolerance t
  WHERE s.works
), reached AS (
  SELECT person, start_on, near_to,
         max(near_to) OVER (PARTITION BY person ORDER BY start_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached_to,
         lead(start_on) OVER (PARTITION BY person ORDER BY start_on) AS next_on
  FROM spells
), marked AS (
  SELECT person, start_on, greatest(reached_to, near_to) AS near_to, coalesce(start_on > reached_to, true) AS opens,
         coalesce(next_on > greatest(reached_to, near_to), true) AS closes
  FROM reached
), stretches AS (
  SELECT person, start_on, near_to
  FROM marked
  WHERE opens AND closes
  UNION ALL
  -- of several jobs, far fewer: the one that opens next to the one that closes
  SELECT person, start_on, near_to
  FROM (SELECT person, start_on, opens, lead(near_to) OVER (PARTITION BY person ORDER BY start_on, opens DESC) AS near_to FROM marked WHERE opens <> closes) p
  WHERE opens
)
SELECT s.person, s.start_on, nullif(s.near_to - 1 - t.gap_days, DATE '9999-12-31') AS end_on
FROM stretches s
CROSS JOIN tolerance t
