-- title.it: Da un lavoro precario al tempo indeterminato
-- title.en: From precarious work to an open-ended job
-- description.it: Quante delle persone che alla firma del patto avevano solo lavori a termine hanno un lavoro a tempo indeterminato 180 e 365 giorni dopo, per territorio di domicilio e periodo della firma.
-- description.en: How many of the persons who had only fixed-term jobs when they signed the agreement have an open-ended job 180 and 365 days later, by territory of domicile and period of signing.
-- universe.it: Persone domiciliate nella regione che nel periodo hanno firmato il primo patto di servizio in dodici mesi avendo un lavoro, ma nessuno a tempo indeterminato né di apprendistato.
-- universe.en: Persons domiciled in the region who in the period signed their first service agreement in twelve months while in work, but in no open-ended job nor an apprenticeship.
-- numerator.it: Persone della coorte con un rapporto a tempo indeterminato che copre il giorno della firma più 180 o 365 giorni.
-- numerator.en: Persons of the cohort with an open-ended relationship that covers the day of signing plus 180 or 365 days.
-- denominator.it: Persone della coorte: chi ha firmato nel periodo e quel giorno aveva solo lavori a termine.
-- denominator.en: Persons of the cohort: those who signed in the period and had only fixed-term jobs on that day.
-- source.it: Elaborazioni dell'osservatorio su patti di servizio e comunicazioni obbligatorie
-- source.en: Computed by the observatory from service agreements and compulsory communications of employment
-- caveat.it.1: In coorte c'è chi alla firma lavorava solo con rapporti a termine, in somministrazione, intermittenti o simili: nessuno a tempo indeterminato né di apprendistato. Il reddito non è noto: un lavoro povero ma stabile resta fuori.
-- caveat.en.1: The cohort holds those who at signing worked only in fixed-term, agency, intermittent or similar relationships: none open-ended nor an apprenticeship. Income is not known: a poorly paid but stable job is left out.
-- caveat.it.2: A tempo indeterminato vale un rapporto cominciato così o trasformato entro quel giorno, con lo stesso datore o con un altro.
-- caveat.en.2: Open-ended is a relationship begun as such or transformed by that day, with the same employer or another.
-- caveat.it.3: Restano fuori il lavoro autonomo, il lavoro all'estero, il lavoro non dichiarato e, se arrivano solo le comunicazioni della regione, i lavori svolti in altre regioni da chi non vi è domiciliato: la quota vera di occupati è più alta.
-- caveat.en.3: Self-employment, work abroad, undeclared work and, where only the region's own communications arrive, jobs in other regions that are not reported to it are left out: the true share of employed persons is higher.
-- caveat.it.4: Chi muore, va in pensione o si trasferisce resta al denominatore come non occupato.
-- caveat.en.4: Those who die, retire or move away stay in the denominator as not employed.
-- caveat.it.5: Un rapporto a termine senza cessazione comunicata finisce il giorno del termine previsto; un rapporto aperto di cui non si sa più nulla da prima del 2008, o da prima che la persona avesse più di 70 anni, non è ritenuto in corso.
-- caveat.en.5: A fixed-term relationship without a reported end ends on its planned last day; an open one of which nothing has been heard since before 2008, or since before the person was over 70, is not believed to be running.
-- caveat.it.6: Un periodo compare solo quando il giorno dell'esito è passato per tutta la coorte e le comunicazioni tardive sono arrivate; fino ad allora l'esito non è ancora osservabile, che non vuol dire zero.
-- caveat.en.6: A period appears only once the day of the outcome has passed for the whole cohort and late communications have arrived; until then the outcome is not yet observable, which does not mean zero.
-- caveat.it.7: La formula è dell'osservatorio. Le differenze fra territori o gruppi non misurano l'effetto dei servizi: riflettono anche chi vi si rivolge e il mercato del lavoro locale.
-- caveat.en.7: The formula is the observatory's own. Differences between territories or groups do not measure the effect of services: they also reflect who turns to them and the local labour market.
-- caveat.it.8: Le classi di profilazione del 2016 e del 2022 sono due schemi diversi: non si confrontano, e il primo periodo dopo il cambio è segnato come interruzione.
-- caveat.en.8: The profiling classes of 2016 and of 2022 are two different schemes: they are not compared, and the first period after the change is marked as a break.
-- caveat.it.9: Il dato dell'anno conta ogni persona una volta, come quello del trimestre: non è una media di trimestri.
-- caveat.en.9: The figure of a year counts each person once, as that of a quarter does: it is no average of quarters.
-- protection: personal
-- kind: rate
-- unit: percent
-- definition: out_upgrade@2
-- method: out_upgrade
-- grain: geo_level, geo, period_type, period, sex, age_band, citizenship, education, duration, profile, path, programme, measure
-- breakdowns: sex, age_band, citizenship, education, duration, profile, path, programme
-- rules: outcomes
-- population: in_work
-- answers: upgrade_180 = upgrade_180 of fixed_term_only; upgrade_365 = upgrade_365 of fixed_term_only
-- measure.upgrade_180.it: A tempo indeterminato a 180 giorni
-- measure.upgrade_180.en: Open-ended at 180 days
-- measure.upgrade_365.it: A tempo indeterminato a 365 giorni
-- measure.upgrade_365.en: Open-ended at 365 days
-- materialize: table

SELECT c.geo_level, c.geo, c.period_type, c.period,
       c.sex, c.age_band, c.citizenship, c.education, c.duration, c.profile, c.path, c.programme, s.measure,
       CASE WHEN s.reason IS NULL THEN
         CASE s.measure
            WHEN 'upgrade_180' THEN c.upgrade_180
            WHEN 'upgrade_365' THEN c.upgrade_365 END END AS numerator,
       CASE WHEN s.reason IS NULL THEN c.precarious END AS denominator,
       CAST(NULL AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN s.reason IS NOT NULL THEN 'O' WHEN c.broken THEN 'B' END AS obs_status, s.reason, CAST(NULL AS VARCHAR) AS note_ids
FROM marts.outcome_cells c
JOIN marts.outcome_states s ON s.indicator = 'out_upgrade' AND s.period_type = c.period_type AND s.period = c.period
WHERE c.in_work
