-- title.it: Potenziamento dei centri per l'impiego
-- title.en: Strengthening of the employment centres
-- description.it: Posti assegnati e coperti, interventi previsti e conclusi, operatori formati e importi del piano di potenziamento alla fine del periodo, per centro per l'impiego, linea e programma.
-- description.en: Posts assigned and filled, works planned and completed, staff trained and amounts of the strengthening plan at the end of the period, by employment centre, line and programme.
-- universe.it: Posti, interventi, operatori formati e importi del piano di potenziamento dei centri per l'impiego della regione, com'erano alla fine dell'ultimo mese del periodo.
-- universe.en: Posts, works, staff trained and amounts of the strengthening plan of the employment centres of the region, as they were at the end of the last month of the period.
-- source.it: Rilevazione del piano di potenziamento dei centri per l'impiego
-- source.en: Records of the strengthening plan of the employment centres
-- caveat.it.1: È lo stato alla fine dell'ultimo mese, non il movimento del periodo: i trimestri non si sommano.
-- caveat.en.1: It is the state at the end of the last month, not the movement of the period: quarters do not add up.
-- caveat.it.2: Un posto coperto può non essere una persona a tempo pieno, e chi era già in servizio non è fra i posti del piano.
-- caveat.en.2: A post filled may not be a full-time person, and who was in service before is not among the posts of the plan.
-- caveat.it.3: Sono i dati che la regione consegna: non sono confrontati qui con quelli del ministero.
-- caveat.en.3: These are the data that the region delivers: they are not compared here with those of the ministry.
-- caveat.it.4: Gli operatori formati mancano nei periodi in cui nessun centro li rileva: non sono zero.
-- caveat.en.4: Staff trained is absent in periods in which no centre records it: it is not zero.
-- protection: open
-- kind: count
-- unit: number
-- definition: strengthening@2
-- method: strengthening
-- grain: geo_level, geo, period_type, period, line, plan_programme, measure
-- breakdowns: line, plan_programme
-- measure.posts_assigned.it: Posti assegnati
-- measure.posts_assigned.en: Posts assigned
-- measure.posts_assigned.unit: posts
-- measure.posts_filled.it: Posti coperti
-- measure.posts_filled.en: Posts filled
-- measure.posts_filled.unit: posts
-- measure.posts_gap.it: Posti da coprire
-- measure.posts_gap.en: Posts to fill
-- measure.posts_gap.unit: posts
-- measure.works_planned.it: Interventi previsti
-- measure.works_planned.en: Works planned
-- measure.works_planned.unit: works
-- measure.works_completed.it: Interventi conclusi
-- measure.works_completed.en: Works completed
-- measure.works_completed.unit: works
-- measure.allocated_eur.it: Risorse assegnate
-- measure.allocated_eur.en: Money allocated
-- measure.allocated_eur.unit: eur
-- measure.committed_eur.it: Risorse impegnate
-- measure.committed_eur.en: Money committed
-- measure.committed_eur.unit: eur
-- measure.paid_eur.it: Risorse pagate
-- measure.paid_eur.en: Money paid
-- measure.paid_eur.unit: eur
-- measure.staff_trained.it: Operatori formati
-- measure.staff_trained.en: Staff trained
-- measure.staff_trained.unit: persons
-- derived: posts_gap = posts_assigned - posts_filled
-- materialize: table

WITH months AS (
  SELECT month, count(staff_trained) > 0 AS training_told FROM marts.plan_months GROUP BY month
), shown AS (
  -- a delivery may cover a year of which the last months are still to come: a
  -- month of which no centre tells anything is not shown
  SELECT p.period_type, p.period, m.month, p.last_day > c.settled_to AS provisional, m.training_told
  FROM marts.periods p
  JOIN marts.completeness c ON c.contract = 'centres' AND p.last_day BETWEEN c.complete_from AND c.complete_to
  JOIN months m ON m.month = strftime(p.last_day, '%Y-%m')
), counted AS (
  SELECT g.geo, s.month,
         CASE WHEN grouping(s.line) = 0 THEN s.line ELSE '_T' END AS line,
         CASE WHEN grouping(s.plan_programme) = 0 THEN s.plan_programme ELSE '_T' END AS plan_programme,
         sum(s.assigned) AS assigned, sum(s.filled) AS filled,
         sum(s.planned_works) AS planned_works, sum(s.completed_works) AS completed_works,
         CAST(sum(CAST(s.allocated_eur AS DECIMAL(18, 2))) AS DOUBLE) AS allocated_eur,
         CAST(sum(CAST(s.committed_eur AS DECIMAL(18, 2))) AS DOUBLE) AS committed_eur,
         CAST(sum(CAST(s.paid_eur AS DECIMAL(18, 2))) AS DOUBLE) AS paid_eur,
         sum(s.staff_trained) AS staff_trained
  FROM marts.plan_months s
  JOIN marts.geo_paths g ON g.leaf = s.district
  GROUP BY GROUPING SETS ((g.geo, s.month), (g.geo, s.month, s.line), (g.geo, s.month, s.plan_programme))
), asked (line, plan_programme) AS (
  -- open figures: every level has each breakdown
  SELECT '_T', '_T'
  UNION ALL
  SELECT code, '_T' FROM reference.codes WHERE list = 'line'
  UNION ALL
  SELECT '_T', code FROM reference.codes WHERE list = 'plan_programme'
), measures (measure) AS (
  VALUES ('posts_assigned'), ('posts_filled'), ('posts_gap'), ('works_planned'), ('works_completed'),
         ('allocated_eur'), ('committed_eur'), ('paid_eur'), ('staff_trained')
), requested AS (
  SELECT t.geo_level, t.geo, s.period_type, s.period, s.month, s.provisional, a.line, a.plan_programme, m.measure
  FROM marts.geo_paths t
  CROSS JOIN shown s
  CROSS JOIN asked a
  CROSS JOIN measures m
  WHERE t.leaf = t.geo AND (m.measure <> 'staff_trained' OR s.training_told)
)
SELECT r.geo_level, r.geo, r.period_type, r.period, r.line, r.plan_programme, r.measure,
       CAST(NULL AS DOUBLE) AS numerator, CAST(NULL AS DOUBLE) AS denominator,
       coalesce(CAST(CASE r.measure
         WHEN 'posts_assigned' THEN c.assigned
         WHEN 'posts_filled' THEN c.filled
         WHEN 'posts_gap' THEN c.assigned - c.filled
         WHEN 'works_planned' THEN c.planned_works
         WHEN 'works_completed' THEN c.completed_works
         WHEN 'allocated_eur' THEN c.allocated_eur
         WHEN 'committed_eur' THEN c.committed_eur
         WHEN 'staff_trained' THEN c.staff_trained
         ELSE c.paid_eur END AS DOUBLE), 0) AS value,
       CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN r.provisional THEN 'P' END AS obs_status, CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS note_ids
FROM requested r
LEFT JOIN counted c
  ON c.geo = r.geo AND c.month = r.month AND c.line = r.line AND c.plan_programme = r.plan_programme
