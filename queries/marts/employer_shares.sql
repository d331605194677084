-- title.it: I due datori maggiori degli eventi di lavoro
-- title.en: The two largest employers of the events of work
-- description.it: Di ogni numero di avviamenti, fini e trasformazioni in cui un datore pesa almeno quanto tutti gli altri, tolto il secondo: il totale e i due contributi maggiori. Non si pubblica: serve alla regola p %.
-- description.en: Of each number of starts, ends and transformations in which one employer weighs at least as much as all others but the second: the total and its two largest contributions. Never published: the p % rule asks for it.
-- grain: geo, period_type, period, measure, contract_group, sector, occupation, length
-- materialize: table
-- column.length.it: durata dei rapporti finiti, _T per tutti
-- column.length.en: length of relationships that ended, _T for all
-- column.contributors.it: quanti datori
-- column.contributors.en: how many employers

-- Few numbers are made nearly by one employer, and they are small: to count the
-- jobs of each employer in every number costs more than all the rest. So employers
-- are first put in sixteen heaps. Who weighs as much as all others but the second
-- makes a third of the number at least, and so does his heap: only where some
-- heap does are employers counted one by one. A number of territories or quarters
-- together has no larger heap than the largest heaps of its parts together.
--
-- What is counted, district (or territory) and period are one number, cut below:
-- measure, territory, period, contract group, sector, occupation, length of 1, 3,
-- 4, 3, 3, 3 and 1 digits, nines where all are meant. Periods: quarters since 1900,
-- 4000 and years since 1900, 5000 and months since 1900.
WITH shown AS (
  SELECT complete_from, complete_to FROM marts.completeness WHERE contract = 'placements'
), lengths (length_no, code, to_day) AS (
  VALUES (0, 'd1', 0), (1, 'd2_7', 6), (2, 'd8_30', 29), (3, 'd31_90', 89), (4, 'd91_180', 179), (5, 'd181_365', 364), (6, 'gt365', 365)
), days AS (
  SELECT d.day, min(l.length_no) AS length_no
  FROM (SELECT CAST(unnest(generate_series(0, max(to_day))) AS INTEGER) AS day FROM lengths) d
  JOIN lengths l ON l.to_day >= d.day
  GROUP BY d.day
), happened AS (
  SELECT 0 AS measure_no, employer, district_no, start_on AS day, contract_group_no, sector_no, occupation_no, 9 AS length_no
  FROM marts.jobs
  UNION ALL
  SELECT 1, j.last_employer, j.district_no, j.end_on, j.contract_group_no, j.sector_no, j.occupation_no, d.length_no
  FROM marts.jobs j
  JOIN days d ON d.day = least(j.end_on - j.start_on, 365)
  UNION ALL
  SELECT 2, last_employer, district_no, stabilised_on, contract_group_no, sector_no, occupation_no, 9
  FROM marts.jobs
  WHERE stabilised_on IS NOT NULL
), placed AS (
  SELECT h.employer, CAST(h.measure_no * 1000 + h.district_no AS BIGINT) * 10000 AS place, (year(h.day) - 1900) * 12 + month(h.day) - 1 AS month_no,
         CAST(h.contract_group_no AS BIGINT) AS contract_group_no, CAST(h.sector_no AS BIGINT) AS sector_no, CAST(h.occupation_no AS BIGINT) AS occupation_no, h.length_no
  FROM happened h
  CROSS JOIN shown s
  -- within the span; written as a comparison of columns it would be a join that sorts all events
  WHERE least(greatest(h.day, s.complete_from), s.complete_to) = h.day
), events AS MATERIALIZED (
  -- four finest ways to tell events apart; all others are sums of them
  SELECT employer, (place + 5000 + month_no) * 10000000000 + 9999999999 AS by_month,
         (place + month_no // 3) * 10000000000 + contract_group_no * 10000000 + 9999990 + length_no AS by_length,
         (place + month_no // 3) * 10000000000 + contract_group_no * 10000000 + sector_no * 10000 + 9999 AS by_sector,
         (place + month_no // 3) * 10000000000 + 9999990000 + occupation_no * 10 + 9 AS by_occupation
  FROM placed
), heaped AS (
  SELECT coalesce(by_month, by_length, by_sector, by_occupation) AS leaf, heap, count(*) AS jobs
  FROM (SELECT CAST(employer & 15 AS TINYINT) AS heap, by_month, by_length, by_sector, by_occupation FROM events) e
  GROUP BY GROUPING SETS ((heap, by_month), (heap, by_length), (heap, by_sector), (heap, by_occupation))
), leaves AS MATERIALIZED (
  SELECT leaf, heap, jobs, leaf // 100000000000000000 AS measure_no, leaf // 10000000000 % 10000 AS period_no,
         leaf // 10000000 % 1000 AS contract_group_no, leaf // 10000 % 1000 AS sector_no, leaf % 10 AS length_no
  FROM heaped
), sums AS MATERIALIZED (
  SELECT leaf, heap, jobs, leaf AS number FROM leaves WHERE sector_no = 999 OR measure_no = 0
  UNION ALL
  SELECT leaf, heap, jobs, leaf + (999 - contract_group_no) * 10000000 FROM leaves WHERE sector_no < 999
  UNION ALL
  SELECT leaf, heap, jobs, leaf + (999 - contract_group_no) * 10000000 FROM leaves WHERE length_no < 9
  UNION ALL
  SELECT leaf, heap, jobs, leaf + 9 - length_no FROM leaves WHERE length_no < 9
  UNION ALL
  SELECT leaf, heap, jobs, leaf + ((period_no - 5000) // 3 - period_no) * 10000000000 FROM leaves WHERE period_no >= 5000
), numbers AS (
  SELECT number, CAST(sum(jobs) AS BIGINT) AS total, max(jobs) AS heaviest, number // 100000000000000 % 1000 AS district_no, number // 10000000000 % 10000 AS period_no
  FROM (SELECT number, heap, CAST(sum(jobs) AS BIGINT) AS jobs FROM sums GROUP BY number, heap) h
  GROUP BY number
), parts AS MATERIALIZED (
  SELECT n.number, n.total, n.heaviest, n.number + (g.geo_no - n.district_no) * 100000000000000 + n.later * 10000000000 AS cell
  FROM (
    SELECT number, total, heaviest, district_no, 0 AS later FROM numbers
    UNION ALL
    SELECT number, total, heaviest, district_no, 4000 + period_no // 4 - period_no FROM numbers WHERE period_no < 4000
  ) n
  JOIN marts.geo_numbers g ON g.leaf_no = n.district_no
), doubtful AS (
  SELECT cell FROM parts GROUP BY cell HAVING 3 * sum(heaviest) >= sum(total)
), ways AS MATERIALIZED (
  SELECT DISTINCT s.leaf, p.cell
  FROM parts p
  SEMI JOIN doubtful d ON d.cell = p.cell
  JOIN (SELECT DISTINCT leaf, number FROM sums) s ON s.number = p.number
), given AS (
  SELECT cell, employer, count(*) AS jobs
  FROM (
    SELECT w.cell, e.employer FROM events e JOIN ways w ON w.leaf = e.by_month
    UNION ALL
    SELECT w.cell, e.employer FROM events e JOIN ways w ON w.leaf = e.by_length
    UNION ALL
    SELECT w.cell, e.employer FROM events e JOIN ways w ON w.leaf = e.by_sector
    UNION ALL
    SELECT w.cell, e.employer FROM events e JOIN ways w ON w.leaf = e.by_occupation
  ) g
  GROUP BY cell, employer
), judged AS (
  SELECT cell, count(*) AS contributors, CAST(sum(jobs) AS BIGINT) AS total, max(jobs, 2) AS largest
  FROM given
  GROUP BY cell
), close AS (
  SELECT cell // 100000000000000000 AS measure_no, cell // 100000000000000 % 1000 AS geo_no, cell // 10000000000 % 10000 AS period_no,
         cell // 10000000 % 1000 AS contract_group_no, cell // 10000 % 1000 AS sector_no, cell // 10 % 1000 AS occupation_no, cell % 10 AS length_no,
         contributors, total, largest[1] AS first, coalesce(largest[2], 0) AS second
  FROM judged
  WHERE total - largest[1] - coalesce(largest[2], 0) <= largest[1]
)
SELECT t.code AS geo, CASE WHEN c.period_no < 4000 THEN 'quarter' WHEN c.period_no < 5000 THEN 'year' ELSE 'month' END AS period_type,
       CASE WHEN c.period_no < 4000 THEN 1900 + c.period_no // 4 || '-Q' || (c.period_no % 4 + 1)
            WHEN c.period_no < 5000 THEN CAST(c.period_no - 2100 AS VARCHAR)
            ELSE printf('%d-%02d', 1900 + (c.period_no - 5000) // 12, (c.period_no - 5000) % 12 + 1) END AS period,
       m.measure, coalesce(k.code, '_T') AS contract_group, coalesce(s.code, '_T') AS sector, coalesce(o.code, '_T') AS occupation,
       coalesce(l.code, '_T') AS length, c.contributors,
       CAST(c.total AS DOUBLE) AS total, CAST(c.first AS DOUBLE) AS first, CAST(c.second AS DOUBLE) AS second
FROM close c
JOIN (VALUES (0, 'starts'), (1, 'ends'), (2, 'transformations')) AS m (measure_no, measure) ON m.measure_no = c.measure_no
JOIN marts.code_numbers t ON t.list = 'geo' AND t.number = c.geo_no
LEFT JOIN marts.code_numbers k ON k.list = 'contract_group' AND k.number = c.contract_group_no
LEFT JOIN marts.code_numbers s ON s.list = 'sector' AND s.number = c.sector_no
LEFT JOIN marts.code_numbers o ON o.list = 'occupation' AND o.number = c.occupation_no
LEFT JOIN lengths l ON l.length_no = c.length_no
-- 0 is what has no code: it counts in totals only
WHERE c.contract_group_no > 0 AND c.sector_no > 0 AND c.occupation_no > 0
