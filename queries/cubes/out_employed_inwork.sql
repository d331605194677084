-- title.it: Occupati dopo il patto, fra chi già lavorava
-- title.en: Employed after the agreement, among those already at work
-- description.it: Quante delle persone che avevano un lavoro nel giorno in cui hanno firmato il patto di servizio risultano occupate 30, 90, 180, 365 e 730 giorni dopo: la coorte gemella, tenuta a parte perché non confonda gli esiti di chi un lavoro lo cercava.
-- description.en: How many of the persons who had a job on the day they signed a service agreement are employed 30, 90, 180, 365 and 730 days later: the twin cohort, kept apart so as not to blur the outcomes of those who were looking for a job.
-- universe.it: Persone domiciliate nella regione che nel periodo hanno firmato il primo patto di servizio in dodici mesi e quel giorno avevano un lavoro, anche se iniziato il giorno stesso.
-- universe.en: Persons domiciled in the region who in the period signed their first service agreement in twelve months and had a job on that day, even one begun that very day.
-- numerator.it: Persone della coorte con un rapporto di lavoro che copre il giorno della firma più 30, 90, 180, 365 o 730 giorni. Chi ha due lavori conta una volta.
-- numerator.en: Persons of the cohort with a work relationship that covers the day of signing plus 30, 90, 180, 365 or 730 days. Who holds two jobs counts once.
-- denominator.it: Persone della coorte gemella: chi ha firmato nel periodo e quel giorno aveva un lavoro. Non si contano i patti firmati nei dodici mesi dopo un altro patto della stessa persona.
-- denominator.en: Persons of the twin cohort: those who signed in the period and had a job on that day. Agreements signed within twelve months of another one of the same person are not counted.
-- source.it: Elaborazioni dell'osservatorio su patti di servizio e comunicazioni obbligatorie
-- source.en: Computed by the observatory from service agreements and compulsory communications of employment
-- caveat.it.1: È lavoro ciò che risulta dalle comunicazioni obbligatorie: lavoro subordinato, apprendistato, collaborazioni coordinate e continuative e missioni in somministrazione. I tirocini, i lavori socialmente utili e le borse lavoro non sono occupazione.
-- caveat.en.1: Work is what compulsory communications show: employment, apprenticeship, coordinated continuous collaborations and agency missions. Traineeships, socially useful work and work grants are not employment.
-- caveat.it.2: Restano fuori il lavoro autonomo, il lavoro all'estero, il lavoro non dichiarato e, se arrivano solo le comunicazioni della regione, i lavori svolti in altre regioni da chi non vi è domiciliato: la quota vera di occupati è più alta.
-- caveat.en.2: Self-employment, work abroad, undeclared work and, where only the region's own communications arrive, jobs in other regions that are not reported to it are left out: the true share of employed persons is higher.
-- caveat.it.3: Chi muore, va in pensione o si trasferisce resta al denominatore come non occupato.
-- caveat.en.3: Those who die, retire or move away stay in the denominator as not employed.
-- caveat.it.4: Un rapporto a termine senza cessazione comunicata finisce il giorno del termine previsto; un rapporto aperto di cui non si sa più nulla da prima del 2008, o da prima che la persona avesse più di 70 anni, non è ritenuto in corso.
-- caveat.en.4: A fixed-term relationship without a reported end ends on its planned last day; an open one of which nothing has been heard since before 2008, or since before the person was over 70, is not believed to be running.
-- caveat.it.5: Un periodo compare solo quando il giorno dell'esito è passato per tutta la coorte e le comunicazioni tardive sono arrivate; fino ad allora l'esito non è ancora osservabile, che non vuol dire zero.
-- caveat.en.5: A period appears only once the day of the outcome has passed for the whole cohort and late communications have arrived; until then the outcome is not yet observable, which does not mean zero.
-- caveat.it.6: La formula è dell'osservatorio. Le differenze fra territori o gruppi non misurano l'effetto dei servizi: riflettono anche chi vi si rivolge e il mercato del lavoro locale.
-- caveat.en.6: The formula is the observatory's own. Differences between territories or groups do not measure the effect of services: they also reflect who turns to them and the local labour market.
-- caveat.it.7: Le classi di profilazione del 2016 e del 2022 sono due schemi diversi: non si confrontano, e il primo periodo dopo il cambio è segnato come interruzione.
-- caveat.en.7: The profiling classes of 2016 and of 2022 are two different schemes: they are not compared, and the first period after the change is marked as a break.
-- caveat.it.8: Il dato dell'anno conta ogni persona una volta, come quello del trimestre: non è una media di trimestri.
-- caveat.en.8: The figure of a year counts each person once, as that of a quarter does: it is no average of quarters.
-- protection: personal
-- kind: rate
-- unit: percent
-- definition: out_employed_inwork@3
-- method: out_employed
-- grain: geo_level, geo, period_type, period, sex, age_band, citizenship, education, duration, profile, path, programme, measure
-- breakdowns: sex, age_band, citizenship, education, duration, profile, path, programme
-- rules: outcomes
-- population: in_work
-- measure.employed_30.it: Occupati a 30 giorni
-- measure.employed_30.en: Employed at 30 days
-- measure.employed_90.it: Occupati a 90 giorni
-- measure.employed_90.en: Employed at 90 days
-- measure.employed_180.it: Occupati a 180 giorni
-- measure.employed_180.en: Employed at 180 days
-- measure.employed_365.it: Occupati a 365 giorni
-- measure.employed_365.en: Employed at 365 days
-- measure.employed_730.it: Occupati a 730 giorni
-- measure.employed_730.en: Employed at 730 days
-- materialize: table

SELECT c.geo_level, c.geo, c.period_type, c.period,
       c.sex, c.age_band, c.citizenship, c.education, c.duration, c.profile, c.path, c.programme, s.measure,
       CASE WHEN s.reason IS NULL THEN
         CASE s.measure
            WHEN 'employed_30' THEN c.employed_30
            WHEN 'employed_90' THEN c.employed_90
            WHEN 'employed_180' THEN c.employed_180
            WHEN 'employed_365' THEN c.employed_365
            WHEN 'employed_730' THEN c.employed_730 END END AS numerator,
       CASE WHEN s.reason IS NULL THEN c.cohort END AS denominator,
       CAST(NULL AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN s.reason IS NOT NULL THEN 'O' WHEN c.broken THEN 'B' END AS obs_status, s.reason, CAST(NULL AS VARCHAR) AS note_ids
FROM marts.outcome_cells c
JOIN marts.outcome_states s ON s.indicator = 'out_employed' AND s.period_type = c.period_type AND s.period = c.period
WHERE c.in_work
