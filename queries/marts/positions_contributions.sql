-- title.it: I due datori maggiori di ogni numero di rapporti in corso
-- title.en: The two largest employers of each number of relationships running
-- description.it: Come marts.flows_contributions, per cubes.positions: i rapporti in corso l'ultimo giorno del periodo, presso chi è datore alla fine.
-- description.en: As marts.flows_contributions, for cubes.positions: relationships running on the last day of the period, with who is the employer in the end.
-- grain: geo, period_type, period, contract_group, sector, measure, part
-- materialize: table

-- As in marts.employer_shares, employers are counted one by one only where some of
-- sixteen heaps of them makes a third of the number. District (or territory),
-- contract group and sector are one number of three times three digits, nines
-- where all are meant.
WITH days AS (
  SELECT p.period_type, p.period, CAST((12 * year(p.last_day) + month(p.last_day) - 1) // 3 AS INTEGER) AS quarter_no
  FROM marts.periods p
  JOIN marts.completeness c ON c.contract = 'placements' AND p.last_day BETWEEN c.complete_from AND c.complete_to
), bounds AS (
  SELECT min(quarter_no) AS first, max(quarter_no) AS last FROM days
), told AS (
  -- the quarters on whose last day a relationship runs, until it is made open-ended and from then on
  SELECT last_employer AS employer, district_no, contract_group_no, sector_no, (12 * year(start_on) + month(start_on) - 1) // 3 AS from_quarter,
         least((12 * year(end_on + 1) + month(end_on + 1) - 1) // 3 - 1, (12 * year(stabilised_on) + month(stabilised_on) - 1) // 3 - 1) AS to_quarter
  FROM marts.jobs
  UNION ALL
  SELECT j.last_employer, j.district_no, o.number, j.sector_no, (12 * year(j.stabilised_on) + month(j.stabilised_on) - 1) // 3,
         (12 * year(j.end_on + 1) + month(j.end_on + 1) - 1) // 3 - 1
  FROM marts.jobs j
  JOIN marts.code_numbers o ON o.list = 'contract_group' AND o.code = 'open_ended'
  WHERE j.stabilised_on IS NOT NULL
), running AS MATERIALIZED (
  SELECT r.employer, r.district_no * 1000000 + r.contract_group_no * 1000 + 999 AS by_group, r.district_no * 1000000 + 999000 + r.sector_no AS by_sector,
         CAST(greatest(r.from_quarter, b.first) AS INTEGER) AS from_quarter, CAST(least(coalesce(r.to_quarter, b.last), b.last) AS INTEGER) AS to_quarter
  FROM told r
  CROSS JOIN bounds b
  WHERE least(coalesce(r.to_quarter, b.last), b.last) >= greatest(r.from_quarter, b.first)
), movements AS (
  SELECT CAST(employer & 15 AS TINYINT) AS heap, by_group, by_sector, from_quarter AS quarter_no, 1 AS change FROM running
  UNION ALL
  SELECT CAST(employer & 15 AS TINYINT), by_group, by_sector, to_quarter + 1, -1 FROM running
), heaped AS MATERIALIZED (
  SELECT coalesce(by_group, by_sector) AS leaf, heap, quarter_no, CAST(sum(change) AS INTEGER) AS change
  FROM movements
  GROUP BY GROUPING SETS ((heap, quarter_no, by_group), (heap, quarter_no, by_sector))
), sums AS (
  -- all contract groups together are all that runs
  SELECT leaf AS number, heap, quarter_no, change FROM heaped
  UNION ALL
  SELECT leaf - leaf % 1000000 + 999999, heap, quarter_no, change FROM heaped WHERE leaf % 1000 = 999
), grid AS (
  SELECT k.number, k.heap, CAST(unnest(generate_series(b.first, b.last)) AS INTEGER) AS quarter_no
  FROM (SELECT DISTINCT number, heap FROM sums) k
  CROSS JOIN bounds b
), stocks AS (
  SELECT g.number, g.quarter_no, sum(c.change) OVER (PARTITION BY g.number, g.heap ORDER BY g.quarter_no ROWS UNBOUNDED PRECEDING) AS jobs
  FROM grid g
  LEFT JOIN (SELECT number, heap, quarter_no, sum(change) AS change FROM sums GROUP BY ALL) c
    ON c.number = g.number AND c.heap = g.heap AND c.quarter_no = g.quarter_no
), numbers AS (
  SELECT number, quarter_no, sum(jobs) AS total, max(jobs) AS heaviest
  FROM stocks
  GROUP BY number, quarter_no
  HAVING sum(jobs) > 0
), parts AS MATERIALIZED (
  SELECT n.number, n.quarter_no, n.total, n.heaviest, n.number % 1000000 + g.geo_no * 1000000 AS cell
  FROM numbers n
  JOIN marts.geo_numbers g ON g.leaf_no = n.number // 1000000
), doubtful AS (
  SELECT cell, quarter_no FROM parts GROUP BY cell, quarter_no HAVING 3 * sum(heaviest) >= sum(total)
), ways AS MATERIALIZED (
  SELECT p.number, p.quarter_no, p.cell
  FROM parts p
  SEMI JOIN doubtful d ON d.cell = p.cell AND d.quarter_no = p.quarter_no
), given AS (
  SELECT cell, quarter_no, employer, count(*) AS jobs
  FROM (
    SELECT w.cell, w.quarter_no, r.employer FROM running r JOIN ways w ON w.number = r.by_group AND w.quarter_no BETWEEN r.from_quarter AND r.to_quarter
    UNION ALL
    SELECT w.cell, w.quarter_no, r.employer FROM running r JOIN ways w ON w.number = r.by_sector AND w.quarter_no BETWEEN r.from_quarter AND r.to_quarter
    UNION ALL
    SELECT w.cell, w.quarter_no, r.employer
    FROM running r
    JOIN ways w ON w.number = r.by_group - r.by_group % 1000000 + 999999 AND w.quarter_no BETWEEN r.from_quarter AND r.to_quarter
  ) g
  GROUP BY cell, quarter_no, employer
), judged AS (
  SELECT cell, quarter_no, count(*) AS contributors, CAST(sum(jobs) AS BIGINT) AS total, max(jobs, 2) AS largest
  FROM given
  GROUP BY cell, quarter_no
)
SELECT t.code AS geo, d.period_type, d.period, coalesce(k.code, '_T') AS contract_group, coalesce(s.code, '_T') AS sector,
       'positions' AS measure, 'value' AS part, c.contributors,
       CAST(c.total AS DOUBLE) AS total, CAST(c.largest[1] AS DOUBLE) AS first, CAST(coalesce(c.largest[2], 0) AS DOUBLE) AS second
FROM judged c
JOIN days d ON d.quarter_no = c.quarter_no
JOIN marts.code_numbers t ON t.list = 'geo' AND t.number = c.cell // 1000000
LEFT JOIN marts.code_numbers k ON k.list = 'contract_group' AND k.number = c.cell // 1000 % 1000
LEFT JOIN marts.code_numbers s ON s.list = 'sector' AND s.number = c.cell % 1000
-- 0 is what has no code: it counts in totals only
WHERE c.total - c.largest[1] - coalesce(c.largest[2], 0) <= c.largest[1] AND c.cell // 1000 % 1000 > 0 AND c.cell % 1000 > 0
