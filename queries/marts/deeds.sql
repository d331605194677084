-- title.it: Attività in numeri
-- title.en: Activities in numbers
-- description.it: Quello che i conteggi chiedono di ogni attività valida: chiavi brevi, giorni e numeri al posto dei nomi (marts.activities le dice per esteso).
-- description.en: What counts ask of each valid activity: short keys, days, and numbers in the place of names (marts.activities spells them out).
-- grain: deed
-- column.deed.it: consegna e riga in un numero
-- column.deed.en: delivery and line in one number
-- column.person.it: la persona; manca se l'attività è per un datore di lavoro
-- column.person.en: the person; none where the activity is for an employer
-- column.measure_no.it: la misura; 0: non è fra quelle note; vuoto: nessuna
-- column.measure_no.en: the measure; 0: not one of those known; empty: none

-- Those with a territory of their own are read where they are, whatever the others need.
SELECT deed, person, lep_no, measure_no, started_on, provider_kind_no, standard_cost_eur, district_no
FROM marts.given
WHERE district_no IS NOT NULL
UNION ALL
SELECT g.deed, g.person, g.lep_no, g.measure_no, g.started_on, g.provider_kind_no, g.standard_cost_eur, s.district_no
FROM marts.given g
LEFT JOIN marts.strays s ON s.deed = g.deed
WHERE g.district_no IS NULL
