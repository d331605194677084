-- title.it: Persone intercettate dalla L.R. 14/2015, in numeri
-- title.en: Persons reached by regional law 14/2015, in numbers
-- description.it: Quello che i conteggi chiedono della persona intercettata nel trimestre: chiavi brevi, giorni, e numeri al posto dei nomi (marts.interceptions li dice per esteso).
-- description.en: What counts ask of the person reached in the quarter: short keys, days, and numbers in the place of names (marts.interceptions spells them out).
-- grain: agreement
-- column.quarter_no.it: quattro volte l'anno più il trimestre meno uno
-- column.quarter_no.en: four times the year plus the quarter less one
-- column.opens_year.it: vale anche per l'anno
-- column.opens_year.en: holds for the year too
-- column.measures.it: misure della L.R. 14 con almeno un'attività valida iniziata entro il termine dalla firma: per ognuna il bit del suo numero
-- column.measures.en: measures of law 14 with at least one valid activity begun within the term after signing: of each the bit of its number

-- A view: only inclusion by law 14 reads it, once.
WITH term AS (
  SELECT CAST(value AS INTEGER) AS days FROM reference.parameters WHERE name = 'funnel_days'
), fragile AS (
  SELECT value AS threshold FROM reference.parameters WHERE name = 'fragility_threshold'
), intercepted AS (
  SELECT a.agreement, a.person, a.signed_on, l.code IS NOT NULL AS lr14, a.team_assessed, a.fragility_score, a.district_no,
         lag(a.signed_on) OVER (PARTITION BY a.person ORDER BY a.place) AS earlier_on
  FROM marts.signings a
  LEFT JOIN marts.code_numbers l ON l.list = 'programme' AND l.code = 'lr14' AND l.number = a.programme_no
  WHERE a.registration IS NOT NULL AND (l.code IS NOT NULL OR a.fragility_score IS NOT NULL)
), firsts AS (
  SELECT agreement, person, signed_on, lr14, team_assessed, fragility_score, district_no,
         earlier_on IS NULL OR year(earlier_on) < year(signed_on) AS opens_year
  FROM intercepted
  WHERE earlier_on IS NULL OR date_trunc('quarter', earlier_on) < date_trunc('quarter', signed_on)
), begun AS (
  SELECT f.agreement, bit_or(CAST(1 AS BIGINT) << m.number) AS measures
  FROM marts.deeds a
  JOIN marts.code_numbers m ON m.list = 'measure_received' AND m.number = a.measure_no AND starts_with(m.code, 'lr14_')
  CROSS JOIN term t
  JOIN firsts f ON a.person = f.person AND a.started_on BETWEEN f.signed_on AND f.signed_on + t.days
  GROUP BY f.agreement
), jobs AS (
  SELECT person, start_on FROM marts.spans WHERE works
), placed AS (
  -- the first of the jobs after signing, found among the few of the same person
  SELECT f.agreement, min(j.start_on - f.signed_on) AS days
  FROM jobs j
  JOIN firsts f ON f.person = j.person AND j.start_on > f.signed_on
  GROUP BY f.agreement
)
SELECT f.agreement, f.person, f.signed_on, CAST((12 * year(f.signed_on) + month(f.signed_on) - 1) // 3 AS INTEGER) AS quarter_no, f.opens_year, f.district_no,
       f.fragility_score IS NOT NULL AS profiled,
       coalesce(f.fragility_score >= t.threshold, false) AS above_threshold,
       f.lr14 AND f.team_assessed AS signed_team,
       coalesce(b.measures, 0) AS measures, p.days AS placed_days, coalesce(p.days <= d.days, false) AS placed
FROM firsts f
CROSS JOIN fragile t
CROSS JOIN term d
LEFT JOIN begun b ON b.agreement = f.agreement
LEFT JOIN placed p ON p.agreement = f.agreement
