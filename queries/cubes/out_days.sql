-- title.it: Giorni di lavoro nell'anno dopo il patto
-- title.en: Days in work in the year after the agreement
-- description.it: Quanta parte dei 365 giorni dopo la firma del patto le persone che non avevano un lavoro hanno trascorso al lavoro, in media, per territorio di domicilio e periodo della firma.
-- description.en: How much of the 365 days after signing the agreement persons who were out of work spent in work, on average, by territory of domicile and period of signing.
-- universe.it: Persone domiciliate nella regione che nel periodo hanno firmato il primo patto di servizio in dodici mesi e quel giorno non avevano un lavoro.
-- universe.en: Persons domiciled in the region who in the period signed their first service agreement in twelve months and had no job on that day.
-- numerator.it: Persone della coorte con almeno un giorno di lavoro nei 365 dopo la firma. Il valore è la media, su tutta la coorte, dei giorni di lavoro divisi per 365.
-- numerator.en: Persons of the cohort with at least one day of work in the 365 after signing. The value is the mean, over the whole cohort, of the days in work divided by 365.
-- denominator.it: Persone della coorte: chi ha firmato nel periodo e quel giorno non aveva un lavoro. Non si contano i patti firmati nei dodici mesi dopo un altro patto della stessa persona.
-- denominator.en: Persons of the cohort: those who signed in the period and had no job on that day. Agreements signed within twelve months of another one of the same person are not counted.
-- source.it: Elaborazioni dell'osservatorio su patti di servizio e comunicazioni obbligatorie
-- source.en: Computed by the observatory from service agreements and compulsory communications of employment
-- caveat.it.1: È la quota media dei 365 giorni dopo la firma in cui la persona risulta al lavoro: giorni di calendario coperti da almeno un rapporto, non giornate lavorate, e non dice l'orario.
-- caveat.en.1: It is the mean share of the 365 days after signing on which the person shows as in work: calendar days covered by at least one relationship, not days worked, and it says nothing of hours.
-- caveat.it.2: L'intervallo è quello della media (1,96 errori standard), tagliato fra 0 e 100; i giorni di una persona non sono osservazioni indipendenti e per questo si conta una volta la persona.
-- caveat.en.2: The interval is that of the mean (1.96 standard errors), cut at 0 and 100; the days of one person are no independent observations, which is why the person counts once.
-- caveat.it.3: È lavoro ciò che risulta dalle comunicazioni obbligatorie: lavoro subordinato, apprendistato, collaborazioni coordinate e continuative e missioni in somministrazione. I tirocini, i lavori socialmente utili e le borse lavoro non sono occupazione.
-- caveat.en.3: Work is what compulsory communications show: employment, apprenticeship, coordinated continuous collaborations and agency missions. Traineeships, socially useful work and work grants are not employment.
-- caveat.it.4: Restano fuori il lavoro autonomo, il lavoro all'estero, il lavoro non dichiarato e, se arrivano solo le comunicazioni della regione, i lavori svolti in altre regioni da chi non vi è domiciliato: la quota vera di occupati è più alta.
-- caveat.en.4: Self-employment, work abroad, undeclared work and, where only the region's own communications arrive, jobs in other regions that are not reported to it are left out: the true share of employed persons is higher.
-- caveat.it.5: Chi muore, va in pensione o si trasferisce resta al denominatore come non occupato.
-- caveat.en.5: Those who die, retire or move away stay in the denominator as not employed.
-- caveat.it.6: Un rapporto a termine senza cessazione comunicata finisce il giorno del termine previsto; un rapporto aperto di cui non si sa più nulla da prima del 2008, o da prima che la persona avesse più di 70 anni, non è ritenuto in corso.
-- caveat.en.6: A fixed-term relationship without a reported end ends on its planned last day; an open one of which nothing has been heard since before 2008, or since before the person was over 70, is not believed to be running.
-- caveat.it.7: Un periodo compare solo quando il giorno dell'esito è passato per tutta la coorte e le comunicazioni tardive sono arrivate; fino ad allora l'esito non è ancora osservabile, che non vuol dire zero.
-- caveat.en.7: A period appears only once the day of the outcome has passed for the whole cohort and late communications have arrived; until then the outcome is not yet observable, which does not mean zero.
-- caveat.it.8: La formula è dell'osservatorio. Le differenze fra territori o gruppi non misurano l'effetto dei servizi: riflettono anche chi vi si rivolge e il mercato del lavoro locale.
-- caveat.en.8: The formula is the observatory's own. Differences between territories or groups do not measure the effect of services: they also reflect who turns to them and the local labour market.
-- caveat.it.9: Le classi di profilazione del 2016 e del 2022 sono due schemi diversi: non si confrontano, e il primo periodo dopo il cambio è segnato come interruzione.
-- caveat.en.9: The profiling classes of 2016 and of 2022 are two different schemes: they are not compared, and the first period after the change is marked as a break.
-- protection: personal
-- kind: estimate
-- unit: percent
-- definition: out_days@2
-- method: out_days
-- grain: geo_level, geo, period_type, period, sex, age_band, citizenship, education, duration, profile, path, programme, measure
-- breakdowns: sex, age_band, citizenship, education, duration, profile, path, programme
-- rules: outcomes
-- population: out_of_work
-- answers: days_365 = ever_365
-- measure.days_365.it: Quota di giorni al lavoro in un anno
-- measure.days_365.en: Share of days in work in a year
-- materialize: table

-- Sums of whole days and of their squares are exact whatever the order of the
-- rows, so the same data always give the same digits.
WITH means AS (
  SELECT c.geo_level, c.geo, c.period_type, c.period,
         c.sex, c.age_band, c.citizenship, c.education, c.duration, c.profile, c.path, c.programme, s.measure, s.reason, c.broken,
         c.cohort, c.worked, h.days,
         CASE WHEN c.cohort > 0 THEN c.worked_days / c.cohort END AS mean_days,
         CASE WHEN c.cohort > 1 THEN sqrt(greatest(c.cohort * c.worked_days_squared - c.worked_days * c.worked_days, 0)
                                          / (c.cohort * c.cohort * (c.cohort - 1))) END AS standard_error
  FROM marts.outcome_cells c
  JOIN marts.outcome_states s ON s.indicator = 'out_days' AND s.period_type = c.period_type AND s.period = c.period
  JOIN reference.horizons h ON h.indicator = s.indicator AND h.measure = s.measure
  WHERE NOT c.in_work
)
SELECT geo_level, geo, period_type, period,
       sex, age_band, citizenship, education, duration, profile, path, programme, measure,
       CASE WHEN reason IS NULL THEN worked END AS numerator,
       CASE WHEN reason IS NULL THEN cohort END AS denominator,
       CASE WHEN reason IS NULL THEN 100 * mean_days / days END AS value,
       CASE WHEN reason IS NULL AND standard_error IS NOT NULL
            THEN greatest(100 * (mean_days - 1.96 * standard_error) / days, 0) END AS low,
       CASE WHEN reason IS NULL AND standard_error IS NOT NULL
            THEN least(100 * (mean_days + 1.96 * standard_error) / days, 100) END AS high,
       CASE WHEN reason IS NOT NULL THEN 'O' WHEN cohort = 0 THEN 'M' WHEN broken THEN 'B' END AS obs_status,
       reason, CAST(NULL AS VARCHAR) AS note_ids
FROM means
