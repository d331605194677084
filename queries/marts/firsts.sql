-- title.it: Prime iscrizioni in numeri
-- title.en: First registrations in numbers
-- description.it: Quello che i conteggi chiedono della prima iscrizione della persona nel trimestre: chiavi brevi, giorni e numeri al posto dei nomi (marts.first_registrations li dice per esteso).
-- description.en: What counts ask of the person's first registration in the quarter: short keys, days, and numbers in the place of names (marts.first_registrations spells them out).
-- grain: registration
-- column.opens_year.it: è la prima iscrizione della persona anche nell'anno
-- column.opens_year.en: it is the person's first registration of the year too
-- column.quarter_no.it: quattro volte l'anno più il trimestre meno uno
-- column.quarter_no.en: four times the year plus the quarter less one

-- The first registration of a year is the first of its quarter, so that years
-- need a mark and no rows of their own.
SELECT registration, person, CAST((12 * year(registered_on) + month(registered_on) - 1) // 3 AS INTEGER) AS quarter_no,
       prior_on IS NULL OR year(prior_on) < year(registered_on) AS opens_year, registered_on, closed_on,
       close_reason = 'employed' AS closed_by_job, profiled_on,
       district_no, traits
FROM marts.entries
WHERE prior_on IS NULL OR (12 * year(prior_on) + month(prior_on) - 1) // 3 < (12 * year(registered_on) + month(registered_on) - 1) // 3
