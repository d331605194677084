-- title.it: Primo lavoro stabile dopo il patto
-- title.en: Stable first job after the agreement
-- description.it: Quante delle persone che hanno firmato un patto di servizio senza avere un lavoro ne hanno trovato, entro un anno, uno stabile come primo lavoro: sul totale della coorte e fra chi ha trovato un lavoro.
-- description.en: How many of the persons who signed a service agreement while out of work found, within a year, a stable one as their first job: out of the whole cohort and out of those who found a job.
-- universe.it: Persone domiciliate nella regione che nel periodo hanno firmato il primo patto di servizio in dodici mesi e quel giorno non avevano un lavoro.
-- universe.en: Persons domiciled in the region who in the period signed their first service agreement in twelve months and had no job on that day.
-- numerator.it: Persone il cui primo lavoro, cominciato nei 365 giorni dopo la firma, è a tempo indeterminato, di apprendistato o di almeno 180 giorni.
-- numerator.en: Persons whose first job, begun in the 365 days after signing, is open-ended, an apprenticeship or of at least 180 days.
-- denominator.it: Per la prima misura tutte le persone della coorte; per la seconda quelle che nei 365 giorni hanno cominciato un lavoro.
-- denominator.en: For the first measure all persons of the cohort; for the second those who began a job in the 365 days.
-- source.it: Elaborazioni dell'osservatorio su patti di servizio e comunicazioni obbligatorie
-- source.en: Computed by the observatory from service agreements and compulsory communications of employment
-- caveat.it.1: Stabile è un lavoro a tempo indeterminato, un apprendistato o un rapporto di almeno 180 giorni fra inizio e fine, comunicata o prevista. Un rapporto a tempo indeterminato finito presto resta stabile: si guarda a come è cominciato.
-- caveat.en.1: Stable is an open-ended job, an apprenticeship or a relationship of at least 180 days between its start and its end, reported or planned. An open-ended relationship that ended early stays stable: what counts is how it began.
-- caveat.it.2: Conta il primo lavoro cominciato nei 365 giorni dopo la firma. Di più lavori cominciati quel giorno basta che uno sia stabile.
-- caveat.en.2: The first job begun in the 365 days after signing counts. Of several begun on that day it is enough that one is stable.
-- caveat.it.3: È lavoro ciò che risulta dalle comunicazioni obbligatorie: lavoro subordinato, apprendistato, collaborazioni coordinate e continuative e missioni in somministrazione. I tirocini, i lavori socialmente utili e le borse lavoro non sono occupazione.
-- caveat.en.3: Work is what compulsory communications show: employment, apprenticeship, coordinated continuous collaborations and agency missions. Traineeships, socially useful work and work grants are not employment.
-- caveat.it.4: Restano fuori il lavoro autonomo, il lavoro all'estero, il lavoro non dichiarato e, se arrivano solo le comunicazioni della regione, i lavori svolti in altre regioni da chi non vi è domiciliato: la quota vera di occupati è più alta.
-- caveat.en.4: Self-employment, work abroad, undeclared work and, where only the region's own communications arrive, jobs in other regions that are not reported to it are left out: the true share of employed persons is higher.
-- caveat.it.5: Chi muore, va in pensione o si trasferisce resta al denominatore come non occupato.
-- caveat.en.5: Those who die, retire or move away stay in the denominator as not employed.
-- caveat.it.6: Un periodo compare solo quando il giorno dell'esito è passato per tutta la coorte e le comunicazioni tardive sono arrivate; fino ad allora l'esito non è ancora osservabile, che non vuol dire zero.
-- caveat.en.6: A period appears only once the day of the outcome has passed for the whole cohort and late communications have arrived; until then the outcome is not yet observable, which does not mean zero.
-- caveat.it.7: La soglia di 180 giorni e l'anno di osservazione sono proposte dell'osservatorio.
-- caveat.en.7: The threshold of 180 days and the year of observation are proposals of the observatory.
-- caveat.it.8: La formula è dell'osservatorio. Le differenze fra territori o gruppi non misurano l'effetto dei servizi: riflettono anche chi vi si rivolge e il mercato del lavoro locale.
-- caveat.en.8: The formula is the observatory's own. Differences between territories or groups do not measure the effect of services: they also reflect who turns to them and the local labour market.
-- caveat.it.9: Le classi di profilazione del 2016 e del 2022 sono due schemi diversi: non si confrontano, e il primo periodo dopo il cambio è segnato come interruzione.
-- caveat.en.9: The profiling classes of 2016 and of 2022 are two different schemes: they are not compared, and the first period after the change is marked as a break.
-- protection: personal
-- kind: rate
-- unit: percent
-- definition: out_stable@3
-- method: out_stable
-- grain: geo_level, geo, period_type, period, sex, age_band, citizenship, education, duration, profile, path, programme, measure
-- breakdowns: sex, age_band, citizenship, education, duration, profile, path, programme
-- rules: outcomes
-- population: out_of_work
-- answers: stable_365 within ever_365; stable_placed = stable_365 of ever_365
-- measure.stable_365.it: Primo lavoro stabile, su tutta la coorte
-- measure.stable_365.en: Stable first job, of the whole cohort
-- measure.stable_placed.it: Primo lavoro stabile, fra chi ha trovato lavoro
-- measure.stable_placed.en: Stable first job, of those who found work
-- materialize: table

SELECT c.geo_level, c.geo, c.period_type, c.period,
       c.sex, c.age_band, c.citizenship, c.education, c.duration, c.profile, c.path, c.programme, m.measure,
       CASE WHEN s.reason IS NULL THEN c.stable END AS numerator,
       CASE WHEN s.reason IS NULL THEN CASE m.measure WHEN 'stable_365' THEN c.cohort ELSE c.placed END END AS denominator,
       CAST(NULL AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN s.reason IS NOT NULL THEN 'O' WHEN c.broken THEN 'B' END AS obs_status, s.reason, CAST(NULL AS VARCHAR) AS note_ids
FROM marts.outcome_cells c
JOIN marts.outcome_states s ON s.measure = 'stable_365' AND s.period_type = c.period_type AND s.period = c.period
CROSS JOIN (VALUES ('stable_365'), ('stable_placed')) AS m (measure)
WHERE NOT c.in_work
