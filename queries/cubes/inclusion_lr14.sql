-- title.it: Inclusione lavorativa delle persone fragili (L.R. 14/2015)
-- title.en: Inclusion of fragile persons (regional law 14/2015)
-- description.it: Che cosa è seguito per le persone intercettate dalla L.R. 14/2015: profilo di fragilità, soglia superata, programma firmato con l’équipe multiprofessionale, misure, lavoro.
-- description.en: What followed for the persons reached by regional law 14/2015: profile of fragility, threshold passed, programme signed with the multi-professional team, measures, job.
-- universe.it: Persone con un patto del programma L.R. 14 o con un indice di fragilità nel trimestre o nell’anno, domiciliate nella regione; vale il primo del periodo.
-- universe.en: Persons with an agreement of the law 14 programme, or with a fragility score, in the quarter or year, domiciled in the region; the first of the period counts.
-- numerator.it: Persone intercettate per cui il passo è avvenuto: nel patto stesso per profilo, soglia ed équipe; entro 365 giorni dalla firma per misure e lavoro.
-- numerator.en: Persons reached for whom the step came: in the agreement itself for profile, threshold and team; within 365 days of signing for measures and job.
-- denominator.it: Persone intercettate nel periodo.
-- denominator.en: Persons reached in the period.
-- source.it: Elaborazioni dell’osservatorio su patti, iscrizioni, prestazioni e comunicazioni obbligatorie
-- source.en: Computed by the observatory from agreements, registrations, services and compulsory communications
-- caveat.it.1: La soglia dell’indice di fragilità è una proposta dell’osservatorio: quella ufficiale non è stata trovata.
-- caveat.en.1: The threshold of the fragility score is a proposal of the observatory: the official one was not found.
-- caveat.it.2: «Intercettate» sono le persone con un patto del programma L.R. 14 o con un indice di fragilità: chi è stato incontrato solo dai servizi sociali o sanitari non risulta.
-- caveat.en.2: “Reached” are persons with an agreement of the law 14 programme or with a fragility score: who was met by social or health services alone does not show.
-- caveat.it.3: I passi sono indipendenti. Le misure e il lavoro si cercano nei 365 giorni dopo la firma e compaiono quando quel termine è trascorso per tutti.
-- caveat.en.3: Steps are independent. Measures and jobs are looked for in the 365 days after signing, and appear once that term has passed for everyone.
-- caveat.it.4: Un lavoro dopo la firma non è effetto della misura: chi è più vicino al lavoro lo trova anche senza.
-- caveat.en.4: A job after signing is no effect of the measure: who is nearer to work finds one without it too.
-- caveat.it.5: Sono dati su persone fragili: le celle con meno di cinque persone sono riservate.
-- caveat.en.5: These are data on fragile persons: cells with fewer than five persons are confidential.
-- protection: personal
-- kind: rate
-- unit: percent
-- definition: inclusion_lr14@2
-- method: inclusion_lr14
-- grain: geo_level, geo, period_type, period, measure
-- breakdowns:
-- rules: fragility
-- population: law14_reached
-- time: apart
-- measure.profiled.it: Profilo di fragilità compilato
-- measure.profiled.en: Profile of fragility done
-- measure.above_threshold.it: Indice pari o superiore alla soglia
-- measure.above_threshold.en: Score at or above the threshold
-- measure.signed_team.it: Programma firmato con l’équipe
-- measure.signed_team.en: Programme signed with the team
-- measure.measure_lr14_formazione.it: Formazione per un certificato o una qualifica
-- measure.measure_lr14_formazione.en: Training for a certificate or qualification
-- measure.measure_lr14_formazione_permanente.it: Formazione permanente
-- measure.measure_lr14_formazione_permanente.en: Lifelong learning
-- measure.measure_lr14_tirocinio.it: Tirocinio
-- measure.measure_lr14_tirocinio.en: Traineeship
-- measure.measure_lr14_orientamento.it: Orientamento specialistico
-- measure.measure_lr14_orientamento.en: Specialist guidance
-- measure.measure_lr14_accompagnamento.it: Accompagnamento al lavoro
-- measure.measure_lr14_accompagnamento.en: Job-search support
-- measure.placed.it: Al lavoro entro 365 giorni
-- measure.placed.en: In a job within 365 days
-- materialize: table

WITH term AS (
  SELECT CAST(value AS INTEGER) AS days FROM reference.parameters WHERE name = 'funnel_days'
), measures (measure, received, follows) AS (
  -- what a measure looks for beyond the agreement itself, and in which source
  VALUES ('profiled', NULL, NULL), ('above_threshold', NULL, NULL), ('signed_team', NULL, NULL),
         ('measure_lr14_formazione', 'lr14_formazione', 'services'),
         ('measure_lr14_formazione_permanente', 'lr14_formazione_permanente', 'services'),
         ('measure_lr14_tirocinio', 'lr14_tirocinio', 'services'),
         ('measure_lr14_orientamento', 'lr14_orientamento', 'services'),
         ('measure_lr14_accompagnamento', 'lr14_accompagnamento', 'services'),
         ('placed', NULL, 'placements')
), reads AS (
  SELECT m.measure, m.received, c.contract, CASE WHEN m.follows IS NULL THEN 0 ELSE t.days END AS days
  FROM measures m
  CROSS JOIN term t
  JOIN (VALUES ('agreements'), ('registrations'), ('services'), ('placements')) c (contract)
    ON c.contract IN ('agreements', 'registrations') OR c.contract = m.follows
), states AS (
  SELECT r.measure, r.received, s.period_type, s.period,
         CASE WHEN bool_or(s.begins_before) THEN 'source_gap'
              WHEN NOT bool_and(coalesce(s.settled_days >= r.days, false)) THEN 'not_observable'
         END AS reason
  FROM reads r
  JOIN marts.period_sources s ON s.contract = r.contract
  GROUP BY r.measure, r.received, s.period_type, s.period
), requested AS (
  SELECT c.geo_level, c.geo, s.period_type, s.period, s.measure, s.reason
  FROM marts.cells c
  JOIN states s ON s.period_type = c.period_type
  WHERE c.breakdown = '_T'
), alike AS (
  -- who answers all measures alike is counted once, and each measure asks of few rows
  SELECT district_no, quarter_no, opens_year, profiled, above_threshold, signed_team, measures, placed, count(*) AS persons
  FROM marts.inclusions
  WHERE district_no IS NOT NULL
  GROUP BY ALL
), units AS (
  SELECT 'quarter' AS period_type, quarter_no AS period_no, district_no, profiled, above_threshold, signed_team, measures, placed, persons
  FROM alike
  UNION ALL
  SELECT 'year', quarter_no // 4, district_no, profiled, above_threshold, signed_team, measures, placed, persons
  FROM alike
  WHERE opens_year
), leaves AS (
  SELECT u.district_no, u.period_type, u.period_no, m.measure, sum(u.persons) AS intercepted,
         sum(CASE WHEN CASE m.measure
           WHEN 'profiled' THEN u.profiled
           WHEN 'above_threshold' THEN u.above_threshold
           WHEN 'signed_team' THEN u.signed_team
           WHEN 'placed' THEN u.placed
           ELSE (u.measures >> n.number) & 1 = 1 END THEN u.persons ELSE 0 END) AS reached
  FROM units u
  CROSS JOIN measures m
  LEFT JOIN marts.code_numbers n ON n.list = 'measure_received' AND n.code = m.received
  GROUP BY u.district_no, u.period_type, u.period_no, m.measure
), counted AS (
  SELECT g.geo, p.period_type, p.period, l.measure, sum(l.reached) AS reached, sum(l.intercepted) AS intercepted
  FROM leaves l
  JOIN marts.code_numbers d ON d.list = 'geo' AND d.number = l.district_no
  JOIN marts.geo_paths g ON g.leaf = d.code
  JOIN marts.periods p ON p.period_type = l.period_type AND p.number = l.period_no
  GROUP BY g.geo, p.period_type, p.period, l.measure
)
SELECT r.geo_level, r.geo, r.period_type, r.period, r.measure,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.reached, 0) AS DOUBLE) END AS numerator,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.intercepted, 0) AS DOUBLE) END AS denominator,
       CAST(NULL AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN r.reason IS NOT NULL THEN 'O' END AS obs_status, r.reason, CAST(NULL AS VARCHAR) AS note_ids
FROM requested r
LEFT JOIN counted c
  ON c.geo = r.geo AND c.period_type = r.period_type AND c.period = r.period AND c.measure = r.measure
