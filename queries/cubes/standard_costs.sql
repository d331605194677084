-- title.it: Costi standard delle prestazioni
-- title.en: Standard costs of services
-- description.it: A quanto ammontano i costi standard (UCS) riconosciuti per le attività iniziate nel periodo, per LEP, percorso e tipo di operatore.
-- description.en: What the recognised standard costs (UCS) of the activities begun in the period amount to, by LEP, path and kind of provider.
-- universe.it: Attività valide verso le persone, iniziate nel trimestre o nell’anno, per cui è indicato un costo standard.
-- universe.en: Valid activities for persons, begun in the quarter or year, for which a standard cost is stated.
-- numerator.it: Attività con un costo standard.
-- numerator.en: Activities with a standard cost.
-- denominator.it: Persone che le hanno ricevute: possono essere meno delle attività.
-- denominator.en: Persons who received them: they may be fewer than the activities.
-- source.it: Elaborazioni dell’osservatorio su prestazioni, iscrizioni e patti dei servizi per il lavoro
-- source.en: Computed by the observatory from services, registrations and agreements of the employment services
-- caveat.it.1: È il costo standard riconosciuto, non la spesa: dice quanto vale l’attività secondo le tabelle, non quanto è costata né quanto è stato pagato.
-- caveat.en.1: This is the recognised standard cost, not spending: it tells what the activity is worth by the tables, not what it cost or what was paid.
-- caveat.it.2: Le attività senza un costo standard, come quelle di accoglienza, non entrano: un importo basso può voler dire che il costo non è stato registrato.
-- caveat.en.2: Activities without a standard cost, such as reception, are left out: a low amount may mean that the cost was not recorded.
-- caveat.it.3: L’importo si attribuisce al periodo in cui l’attività è iniziata, anche quando è durata oltre.
-- caveat.en.3: The amount belongs to the period in which the activity began, even where it lasted beyond.
-- caveat.it.4: Il percorso è quello dell’ultimo patto della persona firmato fino a quel giorno.
-- caveat.en.4: The path is that of the person’s last agreement signed by that day.
-- caveat.it.5: Ogni persona sta, per tutto l’anno, nel territorio della sua prima attività dell’anno con un costo standard: perciò importi, attività e persone si sommano fra territori.
-- caveat.en.5: Each person stays, for the whole year, in the territory of her first activity of the year with a standard cost: so amounts, activities and persons add up over territories.
-- protection: personal
-- kind: estimate
-- unit: eur
-- definition: standard_costs@2
-- method: standard_costs
-- grain: geo_level, geo, period_type, period, path, provider_kind, measure
-- breakdowns: path, provider_kind
-- rules: amounts
-- shares: standard_costs_contributions
-- population: costed_{measure} / costed_persons_{measure}
-- time: add / apart
-- overlap: path, provider_kind
-- tied: lep_activities
-- measures: lep
-- materialize: table

WITH states AS (
  -- agreements tell the path, registrations where the persons live
  SELECT s.period_type, s.period, p.number AS period_no,
         CASE WHEN bool_or(s.begins_before) THEN 'source_gap'
              WHEN NOT bool_and(coalesce(s.settled_days >= 0, false)) THEN 'not_observable'
         END AS reason
  FROM marts.period_sources s
  JOIN marts.periods p ON p.period_type = s.period_type AND p.period = s.period
  WHERE s.contract IN ('agreements', 'registrations', 'services')
  GROUP BY s.period_type, s.period, p.number
), requested AS (
  SELECT (c.cell * 100000 + s.period_no) * 1000 + n.number AS key,
         c.geo_level, c.geo, s.period_type, s.period, s.reason, c.path, c.provider_kind, m.slug AS measure
  FROM marts.cells c
  JOIN states s ON s.period_type = c.period_type
  CROSS JOIN reference.lep m
  JOIN marts.code_numbers n ON n.list = 'lep' AND n.code = m.slug
  WHERE c.breakdown IN ('_T', 'path', 'provider_kind') AND m.beneficiary = 'person'
), amounts AS (
  SELECT leaf, count(*) AS activities, sum(eur) AS eur
  FROM marts.costs
  GROUP BY leaf
), served AS (
  SELECT person, leaf // 400000000000 AS lep_year, min(leaf) AS leaf, max(leaf) AS last_leaf
  FROM marts.costs
  GROUP BY person, lep_year
), settled AS (
  -- who was given a LEP in one leaf only in a year is one person in each of its
  -- cells: such persons, nearly all of them, add up
  SELECT leaf, count(*) AS persons
  FROM served
  WHERE leaf = last_leaf
  GROUP BY leaf
), leaves AS (
  SELECT a.leaf, a.activities, a.eur, coalesce(s.persons, 0) AS persons
  FROM amounts a
  LEFT JOIN settled s ON s.leaf = a.leaf
), parts AS (
  SELECT leaf // 10000000000000000 AS lep_no, leaf // 100000000000 % 100000 AS quarter_no, leaf // 1000000 % 100000 AS district_no,
         leaf // 1000 % 1000 AS path_no, leaf % 1000 AS kind_no, activities, eur, persons
  FROM leaves
), listed AS (
  SELECT district_no, quarter_no, lep_no, 'path' AS counted_by, path_no AS code_no,
         sum(activities) AS activities, sum(eur) AS eur, sum(persons) AS persons
  FROM parts
  GROUP BY district_no, quarter_no, lep_no, path_no
  UNION ALL
  SELECT district_no, quarter_no, lep_no, 'provider_kind', kind_no, sum(activities), sum(eur), sum(persons)
  FROM parts
  GROUP BY district_no, quarter_no, lep_no, kind_no
), counted AS (
  -- activities and euro add up over districts and quarters
  SELECT (p.cell * 100000 + CASE p.period_type WHEN 'quarter' THEN l.quarter_no ELSE l.quarter_no // 4 END) * 1000 + l.lep_no AS key,
         CAST(sum(l.activities) AS BIGINT) AS activities, sum(l.eur) AS eur, CAST(sum(l.persons) AS BIGINT) AS persons
  FROM listed l
  JOIN marts.cell_paths p
    ON p.leaf_no = l.district_no AND p.counted_by = l.counted_by AND p.code_no = l.code_no AND p.period_type IN ('quarter', 'year')
  WHERE NOT p.is_total OR p.counted_by = 'path'
  GROUP BY key
), numbered AS (
  SELECT person, lep_year, row_number() OVER () AS who
  FROM served
  WHERE leaf < last_leaf
), regulars AS MATERIALIZED (
  SELECT who, leaf // 10000000000000000 AS lep_no, leaf // 100000000000 % 100000 AS quarter_no, leaf // 1000000 % 100000 AS district_no,
         leaf // 1000 % 1000 AS path_no, leaf % 1000 AS kind_no
  FROM (
    SELECT DISTINCT n.who, c.leaf
    FROM marts.costs c
    JOIN numbered n ON n.person = c.person AND n.lep_year = c.leaf // 400000000000
  ) d
), returned AS (
  -- told_by: 0 all of them, 1 path, 2 kind of provider; a year is less than any number of a quarter
  SELECT who, district_no, lep_no, quarter_no AS period_no, 0 AS told_by, 0 AS code_no FROM regulars
  UNION ALL
  SELECT who, district_no, lep_no, quarter_no, 1, path_no FROM regulars
  UNION ALL
  SELECT who, district_no, lep_no, quarter_no, 2, kind_no FROM regulars
  UNION ALL
  SELECT who, district_no, lep_no, quarter_no // 4, 0, 0 FROM regulars
  UNION ALL
  SELECT who, district_no, lep_no, quarter_no // 4, 1, path_no FROM regulars
  UNION ALL
  SELECT who, district_no, lep_no, quarter_no // 4, 2, kind_no FROM regulars
), again AS (
  -- the others count once in each period, path and kind of provider of their district, and districts add up
  SELECT part, count(*) AS persons
  FROM (
    SELECT DISTINCT who, (((district_no * 100000 + period_no) * 1000 + lep_no) * 10 + told_by) * 1000 + code_no AS part
    FROM returned
  ) d
  GROUP BY part
), ways AS (
  SELECT DISTINCT leaf_no, period_type, cell, CASE WHEN is_total THEN 0 WHEN counted_by = 'path' THEN 1 ELSE 2 END AS told_by,
         CASE WHEN is_total THEN 0 ELSE code_no END AS code_no
  FROM marts.cell_paths
  WHERE counted_by IN ('path', 'provider_kind') AND period_type IN ('quarter', 'year')
), others AS (
  SELECT (w.cell * 100000 + a.part // 10000000 % 100000) * 1000 + a.part // 10000 % 1000 AS key, CAST(sum(a.persons) AS BIGINT) AS persons
  FROM again a
  JOIN ways w
    ON w.leaf_no = a.part // 1000000000000 AND w.told_by = a.part // 1000 % 10 AND w.code_no = a.part % 1000
   AND w.period_type = CASE WHEN a.part // 10000000 % 100000 < 5000 THEN 'year' ELSE 'quarter' END
  GROUP BY key
)
SELECT r.geo_level, r.geo, r.period_type, r.period, r.path, r.provider_kind, r.measure,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.activities, 0) AS DOUBLE) END AS numerator,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.persons, 0) + coalesce(o.persons, 0) AS DOUBLE) END AS denominator,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.eur, 0) AS DOUBLE) END AS value,
       CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN r.reason IS NOT NULL THEN 'O' END AS obs_status, r.reason, CAST(NULL AS VARCHAR) AS note_ids
FROM requested r
LEFT JOIN counted c ON c.key = r.key
LEFT JOIN others o ON o.key = r.key
