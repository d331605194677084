-- title.it: Persone intercettate dalla L.R. 14/2015
-- title.en: Persons reached by regional law 14/2015
-- description.it: Una riga per persona e trimestre: il primo patto con programma lr14 o con un indice di fragilità, e che cosa ne è seguito. Quello che apre l'anno vale anche per l'anno.
-- description.en: One row per person and quarter: the first agreement of programme lr14 or with a fragility score, and what followed. The one that opens the year holds for the year too.
-- grain: person_id, quarter
-- column.measures.it: misure della L.R. 14 con almeno un'attività valida iniziata entro il termine dalla firma
-- column.measures.en: measures of law 14 with at least one valid activity begun within the term after signing
-- column.placed_days.it: giorni dalla firma al primo rapporto di lavoro iniziato dopo quel giorno
-- column.placed_days.en: days from signing to the first job begun after that day

-- For reading: counts ask marts.inclusions.
SELECT a.person_id, year(i.signed_on) || '-Q' || quarter(i.signed_on) AS quarter, CAST(year(i.signed_on) AS VARCHAR) AS year, i.opens_year, a.agreement_id, i.signed_on,
       n.code AS district, i.profiled, i.above_threshold, i.signed_team,
       (SELECT list(m.code ORDER BY m.code) FROM marts.code_numbers m WHERE m.list = 'measure_received' AND (i.measures >> m.number) & 1 = 1) AS measures,
       i.placed_days, i.placed
FROM marts.inclusions i
JOIN staging.agreements a ON hash(a.agreement_id) = i.agreement
LEFT JOIN marts.code_numbers n ON n.list = 'geo' AND n.number = i.district_no
