-- title.it: Giorni dall’iscrizione a ciascun passo
-- title.en: Days from registration to each step
-- description.it: Quanti giorni passano, in mediana, dall’iscrizione a ciascun passo, fra chi lo raggiunge entro 365 giorni.
-- description.en: How many days pass, in the median, from registration to each step, among those who reach it within 365 days.
-- universe.it: Persone iscritte alla disoccupazione nel trimestre o nell’anno, domiciliate nella regione; vale la prima iscrizione della persona nel periodo.
-- universe.en: Persons registered as unemployed in the quarter or year and domiciled in the region; the person’s first registration in the period counts.
-- numerator.it: Persone che hanno raggiunto il passo entro 365 giorni dall’iscrizione: la mediana è la loro.
-- numerator.en: Persons who reached the step within 365 days of registration: the median is theirs.
-- denominator.it: Persone iscritte nel periodo; per un programma, quelle il cui primo patto entro il termine è di quel programma.
-- denominator.en: Persons registered in the period; for a programme, those whose first agreement within the term is of that programme.
-- source.it: Elaborazioni dell’osservatorio su iscrizioni, patti, prestazioni e comunicazioni obbligatorie
-- source.en: Computed by the observatory from registrations, agreements, services and compulsory communications
-- caveat.it.1: I passi sono indipendenti: ognuno si cerca da solo nei 365 giorni dopo l’iscrizione, senza che sia avvenuto quello prima. Un passo può quindi superare quello che lo precede.
-- caveat.en.1: Steps are independent: each is looked for by itself in the 365 days after registration, whether or not the one before came. So a step may exceed the one before it.
-- caveat.it.2: Il programma è quello del primo patto firmato entro il termine: si conosce solo dopo l’iscrizione. Chi trova lavoro subito non firma nessun patto e sta in «nessun patto»: i programmi non si confrontano come se fossero stati assegnati all’inizio.
-- caveat.en.2: The programme is that of the first agreement signed within the term: it is known only after registration. Who finds a job at once signs none and is under “no agreement”: programmes do not compare as if they had been given at the start.
-- caveat.it.3: Un periodo compare solo quando il termine è trascorso per tutte le persone in tutte le fonti; fino ad allora il dato non è ancora osservabile, che non vuol dire zero.
-- caveat.en.3: A period appears only once the term has passed for everyone in every source; until then the figure is not yet observable, which does not mean zero.
-- caveat.it.4: Un passo compiuto e non registrato non risulta. Il lavoro è quello delle comunicazioni obbligatorie: restano fuori lavoro autonomo, all’estero e non dichiarato.
-- caveat.en.4: A step taken but not recorded does not show. A job is one of the compulsory communications: self-employment, work abroad and undeclared work are left out.
-- caveat.it.5: La mediana riguarda solo chi ha raggiunto il passo: dove pochi lo raggiungono può essere breve. Con meno di 30 persone non si pubblica.
-- caveat.en.5: The median is of those who reached the step only: where few do it may be short. With fewer than 30 persons it is not published.
-- protection: personal
-- kind: estimate
-- unit: days
-- definition: funnel_days@2
-- method: funnel
-- grain: geo_level, geo, period_type, period, programme, measure
-- breakdowns: programme
-- rules: persons
-- population: registered
-- time: apart
-- measure.reception.it: Accoglienza
-- measure.reception.en: Reception
-- measure.did.it: Dichiarazione di disponibilità (DID)
-- measure.did.en: Declaration of availability (DID)
-- measure.profile.it: Profilazione quantitativa
-- measure.profile.en: Quantitative profiling
-- measure.assessment.it: Valutazione con l’operatore
-- measure.assessment.en: Assessment with the adviser
-- measure.agreement.it: Patto di servizio
-- measure.agreement.en: Service agreement
-- measure.first_measure.it: Prima misura
-- measure.first_measure.en: First measure
-- measure.placement.it: Primo lavoro
-- measure.placement.en: First job
-- materialize: table

-- The median of an even number of persons is the mean of the two in the middle:
-- of n persons in order, those at places (n + 1) // 2 and n // 2 + 1.
WITH measures (measure, step_no) AS (
  VALUES ('reception', 1), ('did', 0), ('profile', 2), ('assessment', 3), ('agreement', 4), ('first_measure', 5), ('placement', 6)
), fewest AS (
  SELECT value AS persons FROM reference.parameters WHERE name = 'curve_min_at_risk'
), requested AS (
  -- cell, period and step in one number, so that days are counted and put in order by it
  SELECT (c.cell * 100000 + p.number) * 10 + m.step_no AS cell,
         c.geo_level, c.geo, s.period_type, s.period, s.reason, c.programme, m.measure
  FROM marts.cells c
  JOIN marts.funnel_states s ON s.period_type = c.period_type
  JOIN marts.periods p ON p.period_type = s.period_type AND p.period = s.period
  CROSS JOIN measures m
  WHERE c.breakdown IN ('_T', 'programme')
), told AS (
  -- what is not told is not counted either
  SELECT s.period_type, p.number AS period_no
  FROM marts.funnel_states s
  JOIN marts.periods p ON p.period_type = s.period_type AND p.period = s.period
  WHERE s.reason IS NULL
), dated AS (
  -- the registration that opens the year is also the first of its quarter
  SELECT 'quarter' AS period_type, quarter_no AS period_no, district_no, programme_no, step_no, days, persons FROM marts.funnel_counts
  UNION ALL
  SELECT 'year', quarter_no // 4, district_no, programme_no, step_no, days, persons FROM marts.funnel_counts WHERE opens_year
), leaves AS MATERIALIZED (
  SELECT d.period_type, d.period_no, d.district_no, d.programme_no, d.step_no, d.days, CAST(sum(d.persons) AS BIGINT) AS persons
  FROM dated d
  JOIN told t ON t.period_type = d.period_type AND t.period_no = d.period_no
  GROUP BY ALL
), places AS (
  SELECT leaf_no, period_type, code_no, cell FROM marts.cell_paths WHERE counted_by = 'programme'
), coarse AS (
  -- sixteen days at a time, to find where the middle lies
  SELECT period_type, period_no, district_no, programme_no, step_no, days // 16 AS stretch, CAST(sum(persons) AS BIGINT) AS persons
  FROM leaves
  GROUP BY ALL
), stretches AS (
  SELECT (p.cell * 100000 + c.period_no) * 10 + c.step_no AS cell, c.stretch, CAST(sum(c.persons) AS BIGINT) AS persons
  FROM coarse c
  JOIN places p ON p.leaf_no = c.district_no AND p.period_type = c.period_type AND p.code_no = c.programme_no
  GROUP BY ALL
), totals AS (
  SELECT cell, CAST(sum(persons) AS BIGINT) AS persons
  FROM stretches
  GROUP BY cell
), cumulated AS (
  -- only what has enough persons is put in order
  SELECT s.cell, s.stretch, s.persons, t.persons AS total,
         sum(s.persons) OVER (PARTITION BY s.cell ORDER BY s.stretch ROWS UNBOUNDED PRECEDING) AS up_to
  FROM stretches s
  JOIN totals t ON t.cell = s.cell
  WHERE t.persons >= (SELECT persons FROM fewest)
), middles AS (
  SELECT cell, stretch, total, up_to - persons AS before
  FROM cumulated
  WHERE up_to >= (total + 1) // 2 AND up_to - persons < total // 2 + 1
), wanted AS (
  -- the leaves that the stretch of the middle is made of
  SELECT m.cell, m.stretch, m.total, m.before, p.leaf_no, p.code_no, p.period_type, m.cell // 10 % 100000 AS period_no, m.cell % 10 AS step_no
  FROM middles m
  JOIN places p ON p.cell = m.cell // 1000000
), counted AS (
  SELECT w.cell, w.stretch, w.total, w.before, l.days, CAST(sum(l.persons) AS BIGINT) AS persons
  FROM leaves l
  JOIN wanted w
    ON w.period_type = l.period_type AND w.period_no = l.period_no AND w.leaf_no = l.district_no AND w.code_no = l.programme_no
   AND w.step_no = l.step_no AND w.stretch = l.days // 16
  GROUP BY ALL
), ordered AS (
  SELECT cell, days, total, before + sum(persons) OVER (PARTITION BY cell, stretch ORDER BY days ROWS UNBOUNDED PRECEDING) AS up_to
  FROM counted
), medians AS (
  SELECT cell,
         (min(days) FILTER (WHERE up_to >= (total + 1) // 2) + min(days) FILTER (WHERE up_to >= total // 2 + 1)) / 2 AS days
  FROM ordered
  GROUP BY cell
), cohorts AS (
  SELECT r.geo, r.period_type, r.period, r.programme, t.persons
  FROM requested r
  JOIN totals t ON t.cell = r.cell
  WHERE r.measure = 'did'
), judged AS (
  SELECT r.geo_level, r.geo, r.period_type, r.period, r.programme, r.measure, r.reason, m.days,
         coalesce(n.persons, 0) AS reached, coalesce(d.persons, 0) AS cohort,
         CASE WHEN r.reason IS NOT NULL THEN 'O'
              WHEN coalesce(d.persons, 0) = 0 THEN 'M'
              WHEN coalesce(n.persons, 0) < f.persons THEN 'U' END AS status
  FROM requested r
  CROSS JOIN fewest f
  LEFT JOIN medians m ON m.cell = r.cell
  LEFT JOIN totals n ON n.cell = r.cell
  LEFT JOIN cohorts d
    ON d.geo = r.geo AND d.period_type = r.period_type AND d.period = r.period AND d.programme = r.programme
)
SELECT geo_level, geo, period_type, period, programme, measure,
       CASE WHEN reason IS NULL THEN CAST(reached AS DOUBLE) END AS numerator,
       CASE WHEN reason IS NULL THEN CAST(cohort AS DOUBLE) END AS denominator,
       CASE WHEN status IS NULL THEN CAST(days AS DOUBLE) END AS value,
       CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       status AS obs_status, reason, CAST(NULL AS VARCHAR) AS note_ids
FROM judged
