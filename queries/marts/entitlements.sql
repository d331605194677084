-- title.it: Diritti ai LEP
-- title.en: Entitlements to LEP
-- description.it: Una riga per persona, LEP e trimestre: il primo evento che dà diritto alla prestazione, e se la prestazione è arrivata entro la finestra. Quello che apre l'anno vale anche per l'anno.
-- description.en: One row per person, LEP and quarter: the first event that entitles to the service, and whether the service came within its window. The one that opens the year holds for the year too.
-- grain: person_id, lep, quarter
-- column.reached.it: almeno un'attività valida di quel LEP entro la finestra
-- column.reached.en: at least one valid activity of that LEP within the window
-- column.opens_year.it: è il primo evento della persona per quel LEP anche nell'anno
-- column.opens_year.en: it is the person's first event for that LEP in the year too

-- For reading: the coverage counts marts.dues.
SELECT r.person_id, l.code AS lep, d.quarter_no // 4 || '-Q' || (d.quarter_no % 4 + 1) AS quarter, CAST(d.quarter_no // 4 AS VARCHAR) AS year,
       d.opens_year, d.event_on, coalesce(a.agreement_id, r.registration_id) AS event_id,
       r.district, r.sex, b.age_band, r.citizenship, r.education, r.duration, r.profile,
       d.reached_on - d.event_on AS waited_days, d.reached
FROM marts.dues d
JOIN marts.code_numbers l ON l.list = 'lep' AND l.number = d.lep_no
JOIN marts.registrations r ON r.registration = d.registration
LEFT JOIN marts.agreements a ON a.agreement = d.agreement
LEFT JOIN marts.age_bands b ON b.age = year(d.event_on) - r.birth_year
