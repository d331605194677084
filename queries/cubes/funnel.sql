-- title.it: Passi dall’iscrizione al lavoro
-- title.en: Steps from registration to a job
-- description.it: Quante delle persone iscritte alla disoccupazione nel periodo hanno raggiunto ciascun passo entro 365 giorni: accoglienza, profilazione, valutazione, patto, prima misura, lavoro.
-- description.en: How many of the persons registered as unemployed in the period reached each step within 365 days: reception, profiling, assessment, agreement, first measure, job.
-- universe.it: Persone iscritte alla disoccupazione nel trimestre o nell’anno, domiciliate nella regione; vale la prima iscrizione della persona nel periodo.
-- universe.en: Persons registered as unemployed in the quarter or year and domiciled in the region; the person’s first registration in the period counts.
-- numerator.it: Persone che hanno raggiunto il passo entro 365 giorni dall’iscrizione.
-- numerator.en: Persons who reached the step within 365 days of registration.
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
-- protection: personal
-- kind: rate
-- unit: percent
-- definition: funnel@2
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

WITH measures (measure, step_no) AS (
  VALUES ('reception', 1), ('did', 0), ('profile', 2), ('assessment', 3), ('agreement', 4), ('first_measure', 5), ('placement', 6)
), requested AS (
  SELECT c.cell * 100000 + p.number AS key, c.geo_level, c.geo, s.period_type, s.period, s.reason, c.programme, m.measure, m.step_no
  FROM marts.cells c
  JOIN marts.funnel_states s ON s.period_type = c.period_type
  JOIN marts.periods p ON p.period_type = s.period_type AND p.period = s.period
  CROSS JOIN measures m
  WHERE c.breakdown IN ('_T', 'programme')
), leaves AS (
  SELECT district_no, quarter_no, opens_year, programme_no, step_no, sum(persons) AS persons
  FROM marts.funnel_counts
  GROUP BY district_no, quarter_no, opens_year, programme_no, step_no
), dated AS (
  -- the registration that opens the year is also the first of its quarter
  SELECT 'quarter' AS period_type, quarter_no AS period_no, district_no, programme_no, step_no, persons FROM leaves
  UNION ALL
  SELECT 'year', quarter_no // 4, district_no, programme_no, step_no, persons FROM leaves WHERE opens_year
), counted AS (
  SELECT p.cell * 100000 + d.period_no AS key, d.step_no, sum(d.persons) AS persons
  FROM dated d
  JOIN marts.cell_paths p
    ON p.leaf_no = d.district_no AND p.period_type = d.period_type AND p.counted_by = 'programme' AND p.code_no = d.programme_no
  GROUP BY key, d.step_no
)
SELECT r.geo_level, r.geo, r.period_type, r.period, r.programme, r.measure,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(n.persons, 0) AS DOUBLE) END AS numerator,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(d.persons, 0) AS DOUBLE) END AS denominator,
       CAST(NULL AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN r.reason IS NOT NULL THEN 'O' END AS obs_status, r.reason, CAST(NULL AS VARCHAR) AS note_ids
FROM requested r
LEFT JOIN counted n ON n.key = r.key AND n.step_no = r.step_no
LEFT JOIN counted d ON d.key = r.key AND d.step_no = 0
