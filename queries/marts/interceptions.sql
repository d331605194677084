-- title.it: Persone intercettate dalla L.R. 14/2015
-- title.en: Persons reached by regional law 14/2015
-- description.it: Una riga per persona e trimestre: il primo patto con programma lr14 o con un indice di fragilità, e che cosa ne è seguito. Quello che apre l'anno vale anche per l'anno.
-- description.en: One row per person and quarter: the first agreement of programme lr14 or with a fragility score, and what followed. The one that opens the year holds for the year too.
-- grain: person_id, quarter
-- materialize: table
-- column.measures.it: misure della L.R. 14 con almeno un'attività valida iniziata entro il termine dalla firma
-- column.measures.en: measures of law 14 with at least one valid activity begun within the term after signing
-- column.placed_days.it: giorni dalla firma al primo rapporto di lavoro iniziato dopo quel giorno
-- column.placed_days.en: days from signing to the first job begun after that day

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
  SELECT f.agreement, list_sort(list(DISTINCT a.measure)) AS measures
  FROM marts.deeds a
  CROSS JOIN term t
  JOIN firsts f ON a.person = f.person AND a.started_on BETWEEN f.signed_on AND f.signed_on + t.days
  WHERE starts_with(a.measure, 'lr14_')
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
SELECT a.person_id, year(f.signed_on) || '-Q' || quarter(f.signed_on) AS quarter,
       CAST(year(f.signed_on) AS VARCHAR) AS year, f.opens_year, a.agreement_id, f.signed_on, n.code AS district,
       f.fragility_score IS NOT NULL AS profiled,
       coalesce(f.fragility_score >= t.threshold, false) AS above_threshold,
       f.lr14 AND f.team_assessed AS signed_team,
       b.measures, p.days AS placed_days, coalesce(p.days <= d.days, false) AS placed
FROM staging.agreements a
JOIN firsts f ON f.agreement = hash(a.agreement_id)
CROSS JOIN fragile t
CROSS JOIN term d
LEFT JOIN marts.code_numbers n ON n.list = 'geo' AND n.number = f.district_no
LEFT JOIN begun b ON b.agreement = f.agreement
LEFT JOIN placed p ON p.agreement = f.agreement
