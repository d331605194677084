-- title.it: Le due persone con l'importo maggiore di ogni cella dei costi standard
-- title.en: The two persons with the largest amounts of each cell of standard costs
-- description.it: Di ogni importo di cubes.standard_costs in cui una persona pesa almeno quanto tutte le altre, tolta la seconda: il totale in euro e i due contributi maggiori. Non si pubblica: serve alla regola p %.
-- description.en: Of each amount of cubes.standard_costs in which one person weighs at least as much as all others but the second: the total in euro and its two largest contributions. Never published: the p % rule asks for it.
-- grain: geo, period_type, period, path, provider_kind, measure, part
-- materialize: table

-- The territory, path and kind of provider of an activity are those of the cube.
WITH paths AS (
  -- as in the cube: an agreement holds until the next; of several of one day the last by number
  SELECT person, path_no, signed_on, DATE '9999-12-31' AS until_on
  FROM marts.signings
  WHERE registration IS NOT NULL AND NOT several
  UNION ALL
  SELECT person, path_no, signed_on, coalesce(lead(signed_on) OVER (PARTITION BY person ORDER BY place), DATE '9999-12-31')
  FROM marts.signings
  WHERE registration IS NOT NULL AND several
), deeds AS MATERIALIZED (
  SELECT person, lep_no, provider_kind_no, started_on, year(started_on) AS year_no, standard_cost_eur, district_no
  FROM marts.deeds
  WHERE person IS NOT NULL AND standard_cost_eur IS NOT NULL AND district_no IS NOT NULL AND lep_no IS NOT NULL
), settlers AS (
  SELECT person, year_no, min(date_diff('day', DATE '1900-01-01', started_on) * 100000 + district_no) % 100000 AS district_no
  FROM deeds
  GROUP BY person, year_no
), costed AS (
  SELECT a.person, h.district_no, 4 * a.year_no + quarter(a.started_on) - 1 AS quarter_no, a.lep_no,
         coalesce(p.path_no, n.number, 0) AS path_no, a.provider_kind_no, a.standard_cost_eur AS eur
  FROM deeds a
  JOIN settlers h ON h.person = a.person AND h.year_no = a.year_no
  LEFT JOIN marts.code_numbers n ON n.list = 'path' AND n.code = 'none'
  LEFT JOIN paths p ON p.person = a.person AND a.started_on >= p.signed_on AND a.started_on < p.until_on
), listed AS (
  -- 0 is a code that is missing, -1 all codes
  SELECT person, district_no, quarter_no, lep_no,
         CASE WHEN grouping(path_no) = 0 THEN path_no ELSE -1 END AS path_no,
         CASE WHEN grouping(provider_kind_no) = 0 THEN provider_kind_no ELSE -1 END AS provider_kind_no, sum(eur) AS eur
  FROM costed
  GROUP BY GROUPING SETS ((person, district_no, quarter_no, lep_no), (person, district_no, quarter_no, lep_no, path_no),
    (person, district_no, quarter_no, lep_no, provider_kind_no))
), dated AS (
  SELECT person, district_no, 'quarter' AS period_type, quarter_no AS period, lep_no, path_no, provider_kind_no, eur FROM listed
  UNION ALL
  SELECT person, district_no, 'year', quarter_no // 4, lep_no, path_no, provider_kind_no, eur FROM listed
), given AS (
  SELECT d.person, g.geo, d.period_type, d.period, d.lep_no, d.path_no, d.provider_kind_no, sum(d.eur) AS eur
  FROM dated d
  JOIN marts.code_numbers l ON l.list = 'geo' AND l.number = d.district_no
  JOIN marts.geo_paths g ON g.leaf = l.code
  GROUP BY ALL
), cells AS (
  SELECT geo, period_type, period, lep_no, path_no, provider_kind_no, count(*) AS contributors, sum(eur) AS total, max(eur, 2) AS largest
  FROM given
  WHERE eur > 0
  GROUP BY ALL
)
SELECT c.geo, c.period_type,
       CASE c.period_type WHEN 'year' THEN CAST(c.period AS VARCHAR) ELSE c.period // 4 || '-Q' || (c.period % 4 + 1) END AS period,
       coalesce(p.code, '_T') AS path, coalesce(k.code, '_T') AS provider_kind, m.code AS measure, 'value' AS part, c.contributors,
       CAST(c.total AS DOUBLE) AS total, CAST(c.largest[1] AS DOUBLE) AS first, CAST(coalesce(c.largest[2], 0) AS DOUBLE) AS second
FROM cells c
JOIN marts.code_numbers m ON m.list = 'lep' AND m.number = c.lep_no
LEFT JOIN marts.code_numbers p ON p.list = 'path' AND p.number = c.path_no
LEFT JOIN marts.code_numbers k ON k.list = 'provider_kind' AND k.number = c.provider_kind_no
WHERE c.total - c.largest[1] - coalesce(c.largest[2], 0) <= c.largest[1]
  AND c.path_no <> 0 AND c.provider_kind_no <> 0
