-- title.it: Occupati osservati e attesi
-- title.en: Employed persons, observed and expected
-- description.it: Quanti occupati a 180 giorni dalla firma del patto ha ogni territorio rispetto a quanti ne avrebbe con le percentuali regionali di chi ha lo stesso percorso, profilo, età e sesso, per anno della firma.
-- description.en: How many persons employed 180 days after signing each territory has, against how many it would have at the regional percentages of those with the same path, profile, age and sex, by year of signing.
-- universe.it: Persone domiciliate nella regione che nell'anno hanno firmato il primo patto di servizio in dodici mesi e quel giorno non avevano un lavoro.
-- universe.en: Persons domiciled in the region who in the year signed their first service agreement in twelve months and had no job on that day.
-- numerator.it: Persone della coorte che risultano occupate a 180 giorni: gli osservati.
-- numerator.en: Persons of the cohort employed at 180 days: the observed.
-- denominator.it: Persone della coorte: chi ha firmato nell'anno e quel giorno non aveva un lavoro. Non si contano i patti firmati nei dodici mesi dopo un altro patto della stessa persona.
-- denominator.en: Persons of the cohort: those who signed in the year and had no job on that day. Agreements signed within twelve months of another one of the same person are not counted.
-- source.it: Elaborazioni dell'osservatorio su patti di servizio e comunicazioni obbligatorie
-- source.en: Computed by the observatory from service agreements and compulsory communications of employment
-- caveat.it.1: Attese sono le persone occupate che il territorio avrebbe se ogni gruppo simile per percorso, profilo, età e sesso avesse la percentuale della regione. 100 vuol dire come la regione, a parità di questi caratteri e di nessun altro.
-- caveat.en.1: Expected are the employed persons that the territory would have if every group alike by path, profile, age and sex had the percentage of the region. 100 means as the region, other things equal as far as these and no other characteristics go.
-- caveat.it.2: Non è l'effetto dei servizi: restano le differenze che i dati non vedono, prima fra tutte il mercato del lavoro locale.
-- caveat.en.2: It is not the effect of the services: what the data do not see remains, the local labour market first of all.
-- caveat.it.3: I limiti dell'imbuto dicono quanto un territorio può scostarsi da 100 per caso, dato il numero atteso e il fattore di sovradispersione pubblicato per la regione. Fuori dal limite del 95 % ne cade per caso circa uno su venti.
-- caveat.en.3: The limits of the funnel tell how far a territory may lie from 100 by chance, given the expected number and the overdispersion factor published for the region. About one in twenty falls outside the 95 % limit by chance.
-- caveat.it.4: Sotto 100 persone in coorte si mostrano i numeri e non il rapporto. Le attese sono arrotondate a un decimo, e da quelle arrotondate si calcola il resto.
-- caveat.en.4: Under 100 persons in the cohort the counts are shown and not the ratio. Expected numbers are rounded to a tenth, and the rest is computed from the rounded ones.
-- caveat.it.5: È lavoro ciò che risulta dalle comunicazioni obbligatorie: lavoro subordinato, apprendistato, collaborazioni coordinate e continuative e missioni in somministrazione. I tirocini, i lavori socialmente utili e le borse lavoro non sono occupazione.
-- caveat.en.5: Work is what compulsory communications show: employment, apprenticeship, coordinated continuous collaborations and agency missions. Traineeships, socially useful work and work grants are not employment.
-- caveat.it.6: Restano fuori il lavoro autonomo, il lavoro all'estero, il lavoro non dichiarato e, se arrivano solo le comunicazioni della regione, i lavori svolti in altre regioni da chi non vi è domiciliato: la quota vera di occupati è più alta.
-- caveat.en.6: Self-employment, work abroad, undeclared work and, where only the region's own communications arrive, jobs in other regions that are not reported to it are left out: the true share of employed persons is higher.
-- caveat.it.7: Chi muore, va in pensione o si trasferisce resta al denominatore come non occupato.
-- caveat.en.7: Those who die, retire or move away stay in the denominator as not employed.
-- caveat.it.8: Un rapporto a termine senza cessazione comunicata finisce il giorno del termine previsto; un rapporto aperto di cui non si sa più nulla da prima del 2008, o da prima che la persona avesse più di 70 anni, non è ritenuto in corso.
-- caveat.en.8: A fixed-term relationship without a reported end ends on its planned last day; an open one of which nothing has been heard since before 2008, or since before the person was over 70, is not believed to be running.
-- protection: personal
-- kind: estimate
-- unit: index
-- definition: out_expected@2
-- method: out_expected
-- grain: geo_level, geo, period_type, period, measure
-- breakdowns: 
-- rules: expected
-- population: out_of_work
-- answers: ratio = employed_180; expected = employed_180; limit_95_low = employed_180; limit_95_high = employed_180; limit_998_low = employed_180; limit_998_high = employed_180; overdispersion = employed_180
-- measure.ratio.it: Osservati ogni 100 attesi
-- measure.ratio.en: Observed per 100 expected
-- measure.expected.it: Occupati attesi
-- measure.expected.en: Employed persons expected
-- measure.expected.unit: persons
-- measure.limit_95_low.it: Limite inferiore al 95 %
-- measure.limit_95_low.en: Lower limit at 95 %
-- measure.limit_95_high.it: Limite superiore al 95 %
-- measure.limit_95_high.en: Upper limit at 95 %
-- measure.limit_998_low.it: Limite inferiore al 99,8 %
-- measure.limit_998_low.en: Lower limit at 99.8 %
-- measure.limit_998_high.it: Limite superiore al 99,8 %
-- measure.limit_998_high.en: Upper limit at 99.8 %
-- measure.overdispersion.it: Fattore di sovradispersione
-- measure.overdispersion.en: Overdispersion factor
-- measure.overdispersion.unit: ratio
-- materialize: table

-- The exact limits of a count are quantiles of gamma distributions with that
-- count, or one more, as shape. Newton's steps find them from the approximation
-- of Wilson and Hilferty; the terms of the Poisson sum far from the mean are
-- below the last bit and left out.
WITH RECURSIVE rules AS (
  SELECT value AS fewest FROM reference.parameters WHERE name = 'expected_min_cohort'
), sought AS (
  SELECT DISTINCT observed AS shape, 0.025 AS share, -1.959963984540054 AS deviate FROM marts.expected_outcomes WHERE observed > 0
  UNION ALL
  SELECT DISTINCT observed + 1, 0.975, 1.959963984540054 FROM marts.expected_outcomes
), steps AS (
  SELECT shape, share, 0 AS step, shape * pow(1 - 1 / (9 * shape) + deviate / (3 * sqrt(shape)), 3) AS mean
  FROM sought
  UNION ALL
  SELECT shape, share, step + 1,
         greatest(mean / 2, mean - (1 - share - list_sum(list_transform(
             range(CAST(greatest(floor(mean - 12 * sqrt(mean) - 30), 0) AS BIGINT), shape),
             lambda k: exp(k * ln(mean) - mean - lgamma(k + 1)))))
           / exp((shape - 1) * ln(mean) - mean - lgamma(shape)))
  FROM steps
  WHERE step < 8
), quantiles AS (
  SELECT shape, share, mean FROM steps WHERE step = 8
), spread AS (
  -- how much more than chance the territories with a page differ, never less
  -- (added up in the order of territories: the same data give the same bits)
  SELECT e.period,
         greatest(1, list_sum(list((e.observed - e.expected) * (e.observed - e.expected) / e.expected ORDER BY e.geo)) / count(*)) AS factor
  FROM marts.expected_outcomes e
  CROSS JOIN rules r
  WHERE e.finest AND e.cohort >= r.fewest AND e.expected > 0
  GROUP BY e.period
), roots AS (
  SELECT geo FROM marts.geo_paths GROUP BY geo HAVING count(DISTINCT leaf) = (SELECT count(DISTINCT leaf) FROM marts.geo_paths)
), measures (measure) AS (
  VALUES ('ratio'), ('expected'), ('limit_95_low'), ('limit_95_high'), ('limit_998_low'), ('limit_998_high'), ('overdispersion')
), requested AS (
  SELECT c.geo_level, c.geo, c.period_type, s.period, s.reason, m.measure,
         coalesce(e.cohort, 0) AS cohort, coalesce(e.observed, 0) AS observed, e.expected,
         coalesce(p.factor, 1) AS factor,
         coalesce(e.cohort, 0) >= r.fewest AND e.expected > 0 AS stands
  FROM marts.cells c
  CROSS JOIN rules r
  JOIN marts.outcome_states s ON s.measure = 'employed_180' AND s.period_type = c.period_type
  CROSS JOIN measures m
  LEFT JOIN roots t ON t.geo = c.geo
  LEFT JOIN marts.expected_outcomes e ON e.geo = c.geo AND e.period = s.period
  LEFT JOIN spread p ON p.period = s.period
  WHERE c.period_type = 'year' AND c.breakdown = '_T' AND (m.measure <> 'overdispersion' OR t.geo IS NOT NULL)
), estimated AS (
  SELECT q.geo_level, q.geo, q.period_type, q.period, q.reason, q.measure, q.cohort, q.observed,
         coalesce(q.stands, false) AND q.reason IS NULL AS stands,
         CASE q.measure
           WHEN 'ratio' THEN 100 * q.observed / q.expected
           WHEN 'expected' THEN q.expected
           WHEN 'limit_95_low' THEN greatest(100 * (1 - 1.959963984540054 * sqrt(q.factor / q.expected)), 0)
           WHEN 'limit_95_high' THEN 100 * (1 + 1.959963984540054 * sqrt(q.factor / q.expected))
           WHEN 'limit_998_low' THEN greatest(100 * (1 - 3.090232306167813 * sqrt(q.factor / q.expected)), 0)
           WHEN 'limit_998_high' THEN 100 * (1 + 3.090232306167813 * sqrt(q.factor / q.expected))
           ELSE q.factor END AS value,
         CASE WHEN q.measure = 'ratio' THEN 100 * coalesce(l.mean, 0) / q.expected END AS low,
         CASE WHEN q.measure = 'ratio' THEN 100 * h.mean / q.expected END AS high
  FROM requested q
  LEFT JOIN quantiles l ON l.shape = q.observed AND l.share = 0.025
  LEFT JOIN quantiles h ON h.shape = q.observed + 1 AND h.share = 0.975
)
SELECT geo_level, geo, period_type, period, measure,
       CASE WHEN reason IS NULL THEN CAST(observed AS DOUBLE) END AS numerator,
       CASE WHEN reason IS NULL THEN CAST(cohort AS DOUBLE) END AS denominator,
       CASE WHEN stands THEN CAST(value AS DOUBLE) END AS value,
       CASE WHEN stands THEN CAST(low AS DOUBLE) END AS low,
       CASE WHEN stands THEN CAST(high AS DOUBLE) END AS high,
       CASE WHEN reason IS NOT NULL THEN 'O' WHEN cohort = 0 THEN 'M' WHEN NOT stands THEN 'U' END AS obs_status,
       reason, CAST(NULL AS VARCHAR) AS note_ids
FROM estimated
