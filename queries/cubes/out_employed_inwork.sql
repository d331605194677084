-- title.it: Occupati dopo il patto, fra chi già lavorava
-- title.en: Employed after the agreement, among those already at work
-- description.it: Quante delle persone che avevano un lavoro nel giorno in cui hanno firmato il patto di servizio risultano occupate 90, 180 e 365 giorni dopo: la coorte gemella, tenuta a parte perché non confonda gli esiti di chi un lavoro lo cercava.
-- description.en: How many of the persons who had a job on the day they signed a service agreement are employed 90, 180 and 365 days later: the twin cohort, kept apart so as not to blur the outcomes of those who were looking for a job.
-- universe.it: Persone domiciliate nella regione che nel trimestre hanno firmato il primo patto di servizio in dodici mesi e quel giorno avevano un lavoro, anche se iniziato il giorno stesso.
-- universe.en: Persons domiciled in the region who in the quarter signed their first service agreement in twelve months and had a job on that day, even one begun that very day.
-- numerator.it: Persone della coorte con un rapporto di lavoro che copre il giorno della firma più 90, 180 o 365 giorni. Chi ha due lavori conta una volta.
-- numerator.en: Persons of the cohort with a work relationship that covers the day of signing plus 90, 180 or 365 days. Who holds two jobs counts once.
-- denominator.it: Persone della coorte gemella: chi ha firmato nel trimestre e quel giorno aveva un lavoro. Non si contano i patti firmati nei dodici mesi dopo un altro patto della stessa persona.
-- denominator.en: Persons of the twin cohort: those who signed in the quarter and had a job on that day. Agreements signed within twelve months of another one of the same person are not counted.
-- source.it: Elaborazioni dell'osservatorio su patti di servizio e comunicazioni obbligatorie
-- source.en: Computed by the observatory from service agreements and compulsory communications of employment
-- caveat.it.1: È lavoro ciò che risulta dalle comunicazioni obbligatorie: lavoro subordinato, apprendistato, collaborazioni coordinate e continuative e missioni in somministrazione. I tirocini, i lavori socialmente utili e le borse lavoro non sono occupazione.
-- caveat.en.1: Work is what compulsory communications show: employment, apprenticeship, coordinated continuous collaborations and agency missions. Traineeships, socially useful work and work grants are not employment.
-- caveat.it.2: Restano fuori il lavoro autonomo, il lavoro all'estero, il lavoro non dichiarato e, se arrivano solo le comunicazioni della regione, i lavori svolti in altre regioni da chi non vi è domiciliato: la quota vera di occupati è più alta.
-- caveat.en.2: Self-employment, work abroad, undeclared work and, where only the region's own communications arrive, jobs in other regions that are not reported to it are left out: the true share of employed persons is higher.
-- caveat.it.3: Chi muore, va in pensione o si trasferisce resta al denominatore come non occupato.
-- caveat.en.3: Those who die, retire or move away stay in the denominator as not employed.
-- caveat.it.4: Un rapporto a termine senza cessazione comunicata finisce il giorno del termine previsto; un rapporto aperto da prima del 2008, o di una persona con più di 70 anni, non è ritenuto in corso.
-- caveat.en.4: A fixed-term relationship without a reported end ends on its planned last day; one open since before 2008, or of a person over 70, is not believed to be running.
-- caveat.it.5: Un trimestre compare solo quando il giorno dell'esito è passato per tutta la coorte e le comunicazioni tardive sono arrivate; fino ad allora l'esito non è ancora osservabile, che non vuol dire zero.
-- caveat.en.5: A quarter appears only once the day of the outcome has passed for the whole cohort and late communications have arrived; until then the outcome is not yet observable, which does not mean zero.
-- caveat.it.6: La formula è dell'osservatorio. Le differenze fra distretti o gruppi non misurano l'effetto dei servizi: riflettono anche chi vi si rivolge e il mercato del lavoro locale.
-- caveat.en.6: The formula is the observatory's own. Differences between districts or groups do not measure the effect of services: they also reflect who turns to them and the local labour market.
-- protection: personal
-- kind: rate
-- unit: percent
-- definition: out_employed_inwork@1
-- method: out_employed
-- grain: geo_level, geo, period_type, period, sex, age_band, citizenship, education, duration, path, measure
-- breakdowns: sex, age_band, citizenship, education, duration, path
-- rules: outcomes
-- measure.employed_90.it: Occupati a 90 giorni
-- measure.employed_90.en: Employed at 90 days
-- measure.employed_180.it: Occupati a 180 giorni
-- measure.employed_180.en: Employed at 180 days
-- measure.employed_365.it: Occupati a 365 giorni
-- measure.employed_365.en: Employed at 365 days
-- materialize: table

SELECT geo_level, geo, 'quarter' AS period_type, period,
       sex, age_band, citizenship, education, duration, path, measure,
       employed AS numerator, cohort AS denominator,
       CAST(NULL AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN reason IS NOT NULL THEN 'O' END AS obs_status, reason, CAST(NULL AS VARCHAR) AS note_ids
FROM marts.outcome_cells
WHERE in_work
