-- What differs between two files of one view. before and after are filled in
-- with the same columns: KEY names those that tell a cell from another. Nearly
-- all cells say what they said: they are set aside by two hashes of the whole
-- row, so that only the others are joined by their long keys. Reading a file
-- again costs less than keeping its rows.
WITH before AS NOT MATERIALIZED (BEFORE), after AS NOT MATERIALIZED (AFTER), summed_before AS NOT MATERIALIZED (
  SELECT *, hash(KEY, numerator, denominator, value, unit, low, high, obs_status, reason, note_ids) AS sum_1,
         hash(note_ids, reason, obs_status, high, low, unit, value, denominator, numerator, KEY) AS sum_2
  FROM before
), summed_after AS NOT MATERIALIZED (
  SELECT *, hash(KEY, numerator, denominator, value, unit, low, high, obs_status, reason, note_ids) AS sum_1,
         hash(note_ids, reason, obs_status, high, low, unit, value, denominator, numerator, KEY) AS sum_2
  FROM after
), changed_before AS MATERIALIZED (
  SELECT b.* FROM summed_before b ANTI JOIN summed_after a ON a.sum_1 = b.sum_1 AND a.sum_2 = b.sum_2
), changed_after AS MATERIALIZED (
  SELECT a.* FROM summed_after a ANTI JOIN summed_before b ON a.sum_1 = b.sum_1 AND a.sum_2 = b.sum_2
), both_sides AS MATERIALIZED (
  SELECT KEY,
         b.obs_status AS status_before, a.obs_status AS status_after, b.value AS value_before, a.value AS value_after,
         b.unit IS NOT DISTINCT FROM a.unit AS same_unit, a.unit,
         b.definition <> a.definition AS other_definition,
         (b.numerator, b.denominator, b.value, b.low, b.high, b.unit) IS DISTINCT FROM (a.numerator, a.denominator, a.value, a.low, a.high, a.unit) AS other_numbers
  FROM changed_before b FULL JOIN changed_after a USING (KEY)
), judged AS (
  SELECT *,
         CASE WHEN status_before IS NULL THEN 'new'
              WHEN status_after IS NULL THEN 'withdrawn'
              ELSE 'revised' END AS kind
  FROM both_sides
), explained AS (
  SELECT kind, measure, unit, same_unit, value_before, value_after,
         CASE kind
           WHEN 'new' THEN CASE
             WHEN (period_type, period) NOT IN (SELECT DISTINCT (period_type, period) FROM before) THEN 'new_period'
             WHEN measure NOT IN (SELECT DISTINCT measure FROM before) THEN 'new_measure'
             WHEN geo NOT IN (SELECT DISTINCT geo FROM before) THEN 'new_territory'
             ELSE 'new_breakdown' END
           WHEN 'withdrawn' THEN CASE
             WHEN (period_type, period) NOT IN (SELECT DISTINCT (period_type, period) FROM after) THEN 'period_gone'
             WHEN measure NOT IN (SELECT DISTINCT measure FROM after) THEN 'measure_gone'
             WHEN geo NOT IN (SELECT DISTINCT geo FROM after) THEN 'territory_gone'
             ELSE 'breakdown_gone' END
           WHEN 'revised' THEN CASE
             WHEN status_after = 'Q' AND status_before <> 'Q' THEN 'hidden'
             WHEN status_before = 'Q' AND status_after <> 'Q' THEN 'shown'
             WHEN status_before = 'O' AND status_after <> 'O' THEN 'observable'
             WHEN status_after = 'O' AND status_before <> 'O' THEN 'not_observable'
             WHEN other_definition THEN 'definition'
             WHEN status_before = 'P' AND status_after = 'A' THEN 'final'
             WHEN other_numbers THEN 'number'
             WHEN status_before <> status_after THEN 'status'
             ELSE 'notes' END
         END AS reason
  FROM judged
), moved AS (
  SELECT measure, unit, round(abs(value_after - value_before), 4) AS moved_by,
         CASE WHEN value_before = 0 THEN 1 ELSE abs(value_after - value_before) / abs(value_before) END AS share
  FROM explained
  WHERE value_before <> value_after AND same_unit
)
SELECT kind AS a, reason AS b, count(*) AS cells, NULL AS median, NULL AS largest, NULL AS below_1, NULL AS below_5
FROM explained
GROUP BY kind, reason
UNION ALL
SELECT 'unchanged', NULL, (SELECT count(*) FROM after) - (SELECT count(*) FROM changed_after), NULL, NULL, NULL, NULL
UNION ALL
SELECT measure, unit, count(*), quantile_disc(moved_by, 0.5), max(moved_by),
       count(*) FILTER (WHERE share < 0.01), count(*) FILTER (WHERE share >= 0.01 AND share < 0.05)
FROM moved
GROUP BY measure, unit
ORDER BY largest NULLS FIRST, a, b
