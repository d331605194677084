-- title.it: Attività con un costo standard
-- title.en: Activities with a standard cost
-- description.it: Di ogni attività di una persona con un costo standard: la persona, gli euro e, in un solo numero, dove e quando conta, per quale LEP, percorso e tipo di operatore.
-- description.en: Of each activity of a person with a standard cost: the person, the euro and, in one number, where and when it counts, for which LEP, path and kind of provider.
-- grain: deed
-- materialize: table
-- column.person.it: chiave breve dello pseudonimo della persona
-- column.person.en: short key of the person's pseudonym
-- column.leaf.it: LEP, trimestre, territorio, percorso e tipo di operatore: numeri di 3, 5, 5, 3 e 3 cifre; diviso per 400000000000 è il LEP e l'anno
-- column.leaf.en: LEP, quarter, territory, path and kind of provider: numbers of 3, 5, 5, 3 and 3 digits; divided by 400000000000 it is the LEP and the year

WITH paths AS (
  -- an agreement holds until the next; of several of one day the last by number
  SELECT person, path_no, signed_on, DATE '9999-12-31' AS until_on
  FROM marts.signings
  WHERE registration IS NOT NULL AND NOT several
  UNION ALL
  SELECT person, path_no, signed_on, coalesce(lead(signed_on) OVER (PARTITION BY person ORDER BY place), DATE '9999-12-31')
  FROM marts.signings
  WHERE registration IS NOT NULL AND several
), deeds AS NOT MATERIALIZED (
  SELECT deed, person, lep_no, provider_kind_no, started_on, year(started_on) AS year_no, standard_cost_eur, district_no
  FROM marts.deeds
  WHERE person IS NOT NULL AND standard_cost_eur IS NOT NULL AND district_no IS NOT NULL AND lep_no IS NOT NULL
), movers AS (
  -- who may have activities in several territories: whoever has several
  -- registrations, or an activity that is not of a registration of her own
  SELECT person FROM marts.entries WHERE place > 1
  UNION ALL
  SELECT person FROM marts.given WHERE person IS NOT NULL AND own IS NOT true
), settlers AS (
  -- one territory for all that a person was given in a year: persons, too, then
  -- add up over territories. Of several on her first day the first by code
  SELECT d.person, d.year_no, min(date_diff('day', DATE '1900-01-01', d.started_on) * 100000 + d.district_no) % 100000 AS district_no
  FROM deeds d
  SEMI JOIN movers m ON m.person = d.person
  GROUP BY d.person, d.year_no
)
SELECT a.deed, a.person,
       (((CAST(a.lep_no AS BIGINT) * 100000 + (12 * a.year_no + month(a.started_on) - 1) // 3) * 100000 + coalesce(h.district_no, a.district_no)) * 1000
         + coalesce(p.path_no, n.number, 0)) * 1000 + a.provider_kind_no AS leaf,
       a.standard_cost_eur AS eur
FROM deeds a
LEFT JOIN settlers h ON h.person = a.person AND h.year_no = a.year_no
LEFT JOIN marts.code_numbers n ON n.list = 'path' AND n.code = 'none'
LEFT JOIN paths p ON p.person = a.person AND a.started_on >= p.signed_on AND a.started_on < p.until_on
