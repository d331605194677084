-- title.it: Posti offerti per persona in cerca
-- title.en: Positions offered per jobseeker
-- description.it: Quanti posti sono stati offerti nel periodo per ogni persona che cercava lavoro l'ultimo giorno, per gruppo di professione.
-- description.en: How many positions were offered in the period for each person seeking work on its last day, by group of occupations.
-- universe.it: Posti delle offerte pubblicate nel periodo con sede nella regione e persone domiciliate nella regione la cui ultima iscrizione è aperta l'ultimo giorno del periodo.
-- universe.en: Positions of the vacancies published in the period with a workplace in the region and persons domiciled in the region whose latest registration is open on the last day of the period.
-- numerator.it: Posti offerti nel periodo.
-- numerator.en: Positions offered in the period.
-- denominator.it: Persone in cerca l'ultimo giorno del periodo, per professione dell'ultimo lavoro.
-- denominator.en: Jobseekers on the last day of the period, by occupation of the last job.
-- source.it: Elaborazioni dell'osservatorio su offerte di lavoro, iscrizioni e comunicazioni obbligatorie
-- source.en: Computed by the observatory from vacancies, registrations and compulsory communications of employment
-- caveat.it.1: Divide due geografie, quella della sede di lavoro per quella del domicilio: si legge per la regione e, con cautela, per le province; per i territori più piccoli dice poco.
-- caveat.en.1: It divides two geographies, that of the workplace by that of domicile: to be read for the region and, with care, for the provinces; for smaller territories it says little.
-- caveat.it.2: Le offerte sono solo quelle che passano dai servizi per il lavoro. Il livello non misura quanto è facile trovare lavoro; il confronto nel tempo e fra professioni è più sicuro.
-- caveat.en.2: Vacancies are only those that go through the employment services. The level does not measure how easy it is to find work; comparing over time and between occupations is safer.
-- caveat.it.3: La professione di chi cerca è quella dell'ultimo lavoro, non quella che cerca. L'anno divide i posti di dodici mesi per le persone di un giorno: non si confronta con i trimestri.
-- caveat.en.3: The occupation of a jobseeker is that of the last job, not the one sought. A year divides the positions of twelve months by the persons of one day: it does not compare with quarters.
-- caveat.it.4: Dal 2 aprile 2025 le professioni vengono dalla CP2021: le serie per professione hanno lì un'interruzione.
-- caveat.en.4: From 2 April 2025 occupations come from CP2021: series by occupation break there.
-- protection: personal
-- kind: estimate
-- unit: ratio
-- definition: tightness@2
-- method: demand
-- grain: geo_level, geo, period_type, period, occupation, measure
-- breakdowns: occupation
-- rules: persons
-- population: vacancies / jobseekers
-- time: add / stock
-- measure.tightness.it: Posti offerti per persona in cerca
-- measure.tightness.en: Positions offered per jobseeker
-- materialize: table

-- Shown where both parts are. Nobody seeking leaves nothing to divide by.
SELECT v.geo_level, v.geo, v.period_type, v.period, v.occupation, 'tightness' AS measure,
       v.value AS numerator, s.value AS denominator,
       CASE WHEN s.value > 0 THEN v.value / s.value END AS value,
       CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN s.value = 0 THEN 'M'
            WHEN v.obs_status = 'B' OR s.obs_status = 'B' THEN 'B'
            WHEN v.obs_status = 'P' OR s.obs_status = 'P' THEN 'P' END AS obs_status,
       CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS note_ids
FROM cubes.demand v
JOIN cubes.demand s
  ON s.geo = v.geo AND s.period_type = v.period_type AND s.period = v.period AND s.occupation = v.occupation
WHERE v.measure = 'vacancies' AND s.measure = 'seekers'
