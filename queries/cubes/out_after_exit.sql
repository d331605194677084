-- title.it: Occupati dopo la fine di una misura
-- title.en: Employed after the end of a measure
-- description.it: Quante delle persone che hanno terminato una misura di politica attiva risultano occupate 180 e 365 giorni dopo la sua fine, per territorio di domicilio, periodo di fine e misura ricevuta.
-- description.en: How many of the persons who completed a measure of active policy are employed 180 and 365 days after its end, by territory of domicile, period of the end and measure received.
-- universe.it: Persone domiciliate nella regione che nel periodo hanno terminato una misura e quel giorno non ne avevano un'altra in corso. Conta l'ultima terminata nel periodo.
-- universe.en: Persons domiciled in the region who completed a measure in the period and had no other one running that day. The last one completed in the period counts.
-- numerator.it: Persone della coorte con un rapporto di lavoro che copre il giorno della fine della misura più 180 o 365 giorni.
-- numerator.en: Persons of the cohort with a work relationship that covers the day on which the measure ended plus 180 or 365 days.
-- denominator.it: Persone della coorte: chi ha terminato una misura nel periodo.
-- denominator.en: Persons of the cohort: those who completed a measure in the period.
-- source.it: Elaborazioni dell'osservatorio su prestazioni dei servizi e comunicazioni obbligatorie
-- source.en: Computed by the observatory from services and compulsory communications of employment
-- caveat.it.1: È una coorte di chi ha finito una misura, non di chi l'ha cominciata: per arrivarci bisogna non averla lasciata prima, magari per un lavoro (è il tempo immortale di chi arriva in fondo). Il confronto parte dalla fine della misura e non misura il suo effetto.
-- caveat.en.1: It is a cohort of those who completed a measure, not of those who began it: to get there one must not have left it before, perhaps for a job (the immortal time of those who reach the end). The comparison starts at the end of the measure and does not measure its effect.
-- caveat.it.2: Chi alla fine della misura lavora già resta nella coorte.
-- caveat.en.2: Those already in work when the measure ends stay in the cohort.
-- caveat.it.3: Misure diverse servono persone diverse: le percentuali per misura non sono una graduatoria delle misure.
-- caveat.en.3: Different measures serve different persons: percentages by measure are no ranking of measures.
-- caveat.it.4: È lavoro ciò che risulta dalle comunicazioni obbligatorie: lavoro subordinato, apprendistato, collaborazioni coordinate e continuative e missioni in somministrazione. I tirocini, i lavori socialmente utili e le borse lavoro non sono occupazione.
-- caveat.en.4: Work is what compulsory communications show: employment, apprenticeship, coordinated continuous collaborations and agency missions. Traineeships, socially useful work and work grants are not employment.
-- caveat.it.5: Restano fuori il lavoro autonomo, il lavoro all'estero, il lavoro non dichiarato e, se arrivano solo le comunicazioni della regione, i lavori svolti in altre regioni da chi non vi è domiciliato: la quota vera di occupati è più alta.
-- caveat.en.5: Self-employment, work abroad, undeclared work and, where only the region's own communications arrive, jobs in other regions that are not reported to it are left out: the true share of employed persons is higher.
-- caveat.it.6: Chi muore, va in pensione o si trasferisce resta al denominatore come non occupato.
-- caveat.en.6: Those who die, retire or move away stay in the denominator as not employed.
-- caveat.it.7: Un rapporto a termine senza cessazione comunicata finisce il giorno del termine previsto; un rapporto aperto di cui non si sa più nulla da prima del 2008, o da prima che la persona avesse più di 70 anni, non è ritenuto in corso.
-- caveat.en.7: A fixed-term relationship without a reported end ends on its planned last day; an open one of which nothing has been heard since before 2008, or since before the person was over 70, is not believed to be running.
-- caveat.it.8: Un periodo compare solo quando il giorno dell'esito è passato per tutta la coorte e le comunicazioni tardive sono arrivate; fino ad allora l'esito non è ancora osservabile, che non vuol dire zero.
-- caveat.en.8: A period appears only once the day of the outcome has passed for the whole cohort and late communications have arrived; until then the outcome is not yet observable, which does not mean zero.
-- protection: personal
-- kind: rate
-- unit: percent
-- definition: out_after_exit@2
-- method: out_after_exit
-- grain: geo_level, geo, period_type, period, measure_received, sex, age_band, measure
-- breakdowns: measure_received, sex, age_band
-- rules: outcomes
-- population: measures_completed
-- time: apart
-- measure.after_exit_180.it: Occupati a 180 giorni dalla fine
-- measure.after_exit_180.en: Employed 180 days after the end
-- measure.after_exit_365.it: Occupati a 365 giorni dalla fine
-- measure.after_exit_365.en: Employed 365 days after the end
-- materialize: table

WITH leaves AS (
  SELECT district_no, quarter_no, closes_year, CASE WHEN sex_age_no IS NOT NULL THEN 'sex_age_band' ELSE 'measure_received' END AS counted_by,
         coalesce(sex_age_no, measure_no) AS code_no, count(*) AS cohort,
         CAST(sum(after_exit_180) AS BIGINT) AS after_exit_180, CAST(sum(after_exit_365) AS BIGINT) AS after_exit_365
  FROM (
    SELECT district_no, quarter_no, closes_year, measure_no, 1000 * CAST(sex_no AS INTEGER) + age_band_no AS sex_age_no,
           CAST(after_exit_180 AS INTEGER) AS after_exit_180, CAST(after_exit_365 AS INTEGER) AS after_exit_365
    FROM marts.leavers
  ) o
  GROUP BY GROUPING SETS ((district_no, quarter_no, closes_year, measure_no), (district_no, quarter_no, closes_year, sex_age_no))
), dated AS (
  -- the exit that closes the year is also the last of its quarter
  SELECT 'quarter' AS period_type, quarter_no AS period_no, district_no, counted_by, code_no, cohort, after_exit_180, after_exit_365
  FROM leaves
  UNION ALL
  SELECT 'year', quarter_no // 4, district_no, counted_by, code_no, cohort, after_exit_180, after_exit_365
  FROM leaves
  WHERE closes_year
), counted AS (
  SELECT p.cell * 100000 + l.period_no AS key, sum(l.cohort) AS cohort, sum(l.after_exit_180) AS after_exit_180, sum(l.after_exit_365) AS after_exit_365
  FROM dated l
  JOIN marts.cell_paths p
    ON p.leaf_no = l.district_no AND p.period_type = l.period_type AND p.counted_by = l.counted_by AND p.code_no = l.code_no
  WHERE NOT p.is_total OR p.counted_by = 'sex_age_band'
  GROUP BY key
)
SELECT c.geo_level, c.geo, c.period_type, s.period, c.measure_received, c.sex, c.age_band, s.measure,
       CASE WHEN s.reason IS NULL THEN
         CAST(CASE s.measure
              WHEN 'after_exit_180' THEN coalesce(n.after_exit_180, 0)
              WHEN 'after_exit_365' THEN coalesce(n.after_exit_365, 0) END AS DOUBLE) END AS numerator,
       CASE WHEN s.reason IS NULL THEN CAST(coalesce(n.cohort, 0) AS DOUBLE) END AS denominator,
       CAST(NULL AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN s.reason IS NOT NULL THEN 'O' END AS obs_status, s.reason, CAST(NULL AS VARCHAR) AS note_ids
FROM marts.cells c
JOIN marts.outcome_states s ON s.indicator = 'out_after_exit' AND s.period_type = c.period_type
JOIN marts.periods p ON p.period_type = s.period_type AND p.period = s.period
LEFT JOIN counted n ON n.key = c.cell * 100000 + p.number
WHERE c.breakdown IN ('_T', 'measure_received', 'sex', 'age_band', 'sex_age_band')
