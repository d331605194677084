-- title.it: Le due persone con l'importo maggiore di ogni cella dei costi standard
-- title.en: The two persons with the largest amounts of each cell of standard costs
-- description.it: Di ogni importo di cubes.standard_costs in cui una persona pesa almeno quanto tutte le altre, tolta la seconda: il totale in euro e i due contributi maggiori. Non si pubblica: serve alla regola p %.
-- description.en: Of each amount of cubes.standard_costs in which one person weighs at least as much as all others but the second: the total in euro and its two largest contributions. Never published: the p % rule asks for it.
-- grain: geo, period_type, period, path, provider_kind, measure, part
-- materialize: table

-- As in marts.employer_shares, persons are taken one by one only where some of
-- sixteen heaps of them makes a third of the amount. LEP, period, territory, path
-- and kind of provider are one number of 3, 5, 5, 3 and 3 digits, nines where all
-- are meant; a year is less than any number of a quarter.
WITH costs AS NOT MATERIALIZED (
  SELECT person, leaf - leaf % 1000 + 999 AS by_path, leaf - leaf % 1000000 + 999000 + leaf % 1000 AS by_kind, eur FROM marts.costs
), heaped AS MATERIALIZED (
  SELECT coalesce(by_path, by_kind) AS leaf, heap, sum(eur) AS eur
  FROM (SELECT CAST(person & 15 AS TINYINT) AS heap, by_path, by_kind, eur FROM costs) c
  GROUP BY GROUPING SETS ((heap, by_path), (heap, by_kind))
), sums AS (
  SELECT leaf, leaf AS number, heap, eur FROM heaped
  UNION ALL
  -- all paths together are all
  SELECT leaf, leaf - leaf % 1000000 + 999999, heap, eur FROM heaped WHERE leaf % 1000 = 999
), numbers AS (
  SELECT number, sum(eur) AS total, max(eur) AS heaviest, number // 1000000 % 100000 AS district_no, number // 100000000000 % 100000 AS quarter_no
  FROM (SELECT number, heap, sum(eur) AS eur FROM sums GROUP BY number, heap) h
  GROUP BY number
), parts AS MATERIALIZED (
  SELECT n.number, n.total, n.heaviest, n.number + n.later * 100000000000 + (g.geo_no - n.district_no) * 1000000 AS cell
  FROM (
    SELECT number, total, heaviest, district_no, 0 AS later FROM numbers
    UNION ALL
    SELECT number, total, heaviest, district_no, quarter_no // 4 - quarter_no FROM numbers
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
  SELECT cell, person, sum(eur) AS eur
  FROM (
    SELECT w.cell, c.person, c.eur FROM costs c JOIN ways w ON w.leaf = c.by_path
    UNION ALL
    SELECT w.cell, c.person, c.eur FROM costs c JOIN ways w ON w.leaf = c.by_kind
  ) g
  GROUP BY cell, person
), judged AS (
  SELECT cell, count(*) AS contributors, sum(eur) AS total, max(eur, 2) AS largest
  FROM given
  WHERE eur > 0
  GROUP BY cell
), close AS (
  SELECT cell // 10000000000000000 AS lep_no, cell // 100000000000 % 100000 AS period_no, cell // 1000000 % 100000 AS geo_no,
         cell // 1000 % 1000 AS path_no, cell % 1000 AS provider_kind_no, contributors, total, largest[1] AS first, coalesce(largest[2], 0) AS second
  FROM judged
  WHERE total - largest[1] - coalesce(largest[2], 0) <= largest[1]
)
SELECT t.code AS geo, CASE WHEN c.period_no < 5000 THEN 'year' ELSE 'quarter' END AS period_type,
       CASE WHEN c.period_no < 5000 THEN CAST(c.period_no AS VARCHAR) ELSE c.period_no // 4 || '-Q' || (c.period_no % 4 + 1) END AS period,
       coalesce(p.code, '_T') AS path, coalesce(k.code, '_T') AS provider_kind, m.code AS measure, 'value' AS part, c.contributors,
       CAST(c.total AS DOUBLE) AS total, CAST(c.first AS DOUBLE) AS first, CAST(c.second AS DOUBLE) AS second
FROM close c
JOIN marts.code_numbers t ON t.list = 'geo' AND t.number = c.geo_no
JOIN marts.code_numbers m ON m.list = 'lep' AND m.number = c.lep_no
LEFT JOIN marts.code_numbers p ON p.list = 'path' AND p.number = c.path_no
LEFT JOIN marts.code_numbers k ON k.list = 'provider_kind' AND k.number = c.provider_kind_no
-- 0 is what has no code: it counts in totals only
WHERE c.path_no > 0 AND c.provider_kind_no > 0
