-- title.it: Tassi di disoccupazione, occupazione e inattività
-- title.en: Unemployment, employment and inactivity rates
-- description.it: Tassi ufficiali della rilevazione sulle forze di lavoro, per territorio, trimestre o anno e, dove l'ISTAT li pubblica, per sesso, titolo di studio e cittadinanza. Sono riportati come pubblicati.
-- description.en: Official rates of the labour force survey, by territory, quarter or year and, where ISTAT publishes them, by sex, education and citizenship. They are shown as published.
-- grain: geo_level, geo, period_type, period, sex, education, nationality, measure
-- protection: open
-- kind: observation
-- unit: percent
-- definition: labour_force@1
-- method: labour_force
-- universe.it: Persone residenti in famiglia: di 15–64 anni per i tassi di occupazione e di inattività, forze di lavoro di 15–74 anni per il tasso di disoccupazione
-- universe.en: Persons living in households: aged 15–64 for the employment and inactivity rates, labour force aged 15–74 for the unemployment rate
-- breakdowns: sex, education, nationality
-- source.it: ISTAT, Rilevazione sulle forze di lavoro
-- source.en: ISTAT, labour force survey
-- caveat.it.1: Sono stime campionarie: per le province e per i gruppi piccoli l'errore è ampio. L'ISTAT non pubblica qui l'intervallo di confidenza.
-- caveat.en.1: These are sample estimates: for provinces and small groups the error is wide. ISTAT does not publish the confidence interval here.
-- caveat.it.2: Contano persone che cercano lavoro secondo un'intervista, non gli iscritti ai centri per l'impiego: non si confrontano con le nostre cifre amministrative.
-- caveat.en.2: They count persons who look for work according to an interview, not those registered with employment centres: they do not compare with our administrative figures.
-- caveat.it.3: I trimestri sono dati grezzi, non destagionalizzati: si confronta con lo stesso trimestre di altri anni.
-- caveat.en.3: Quarters are raw data, not seasonally adjusted: compare with the same quarter of other years.
-- measure.unemployment_rate.it: Tasso di disoccupazione
-- measure.unemployment_rate.en: Unemployment rate
-- measure.unemployment_rate.unit: percent
-- measure.employment_rate.it: Tasso di occupazione
-- measure.employment_rate.en: Employment rate
-- measure.employment_rate.unit: percent
-- measure.inactivity_rate.it: Tasso di inattività
-- measure.inactivity_rate.en: Inactivity rate
-- measure.inactivity_rate.unit: percent

SELECT f.geo_level, f.geo, f.period_type, f.period, f.sex, f.education, f.nationality, f.indicator AS measure,
       CAST(NULL AS DOUBLE) AS numerator, CAST(NULL AS DOUBLE) AS denominator, f.value,
       CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high, f.obs_status, f.reason, f.note_ids
FROM marts.labour_force_figures f
WHERE f.indicator IN ('unemployment_rate', 'employment_rate', 'inactivity_rate')
