-- title.it: Patti in numeri
-- title.en: Agreements in numbers
-- description.it: Quello che i conteggi chiedono di un patto: chiavi brevi, giorni e numeri al posto dei nomi (marts.agreements li dice per esteso).
-- description.en: What counts ask of an agreement: short keys, days, and numbers in the place of names (marts.agreements spells them out).
-- grain: agreement
-- materialize: table
-- column.registration.it: vuota se l'iscrizione non è nota: il patto non ha territorio
-- column.registration.en: empty where the registration is not known: the agreement has no territory
-- column.early.it: firmato prima dell'iscrizione
-- column.early.en: signed before the registration
-- column.several.it: la persona ha altri patti
-- column.several.en: the person has other agreements
-- column.place.it: ordine tra i patti della persona, per firma e poi per identificativo
-- column.place.en: order among the person's agreements, by signature and then by identifier
-- column.planned.it: i LEP previsti: un bit ciascuno, al posto del suo numero
-- column.planned.en: the LEP that are planned: one bit each, at the place of its number

-- Only who signed more than once is put in order, and only here. Plans are few:
-- each is read once.
WITH several AS (
  SELECT hash(person_id) AS person FROM staging.agreements GROUP BY person HAVING count(*) > 1
), ordered AS (
  SELECT a.agreement, CAST(row_number() OVER (PARTITION BY a.person ORDER BY a.signed_on, a.agreement_id) AS INTEGER) AS place
  FROM (SELECT hash(agreement_id) AS agreement, hash(person_id) AS person, signed_on, agreement_id FROM staging.agreements) a
  SEMI JOIN several s ON s.person = a.person
), plans AS (
  SELECT p.planned_leps, bit_or(CAST(1 AS BIGINT) << n.number) AS planned
  FROM (SELECT planned_leps, unnest(string_split(planned_leps, '|')) AS lep FROM (SELECT DISTINCT planned_leps FROM staging.agreements) d) p
  JOIN marts.code_numbers n ON n.list = 'lep' AND n.code = p.lep
  GROUP BY p.planned_leps
)
SELECT hash(a.agreement_id) AS agreement, hash(a.person_id) AS person, r.registration, a.signed_on,
       CAST((12 * year(a.signed_on) + month(a.signed_on) - 1) // 3 AS INTEGER) AS quarter_no, o.place IS NOT NULL AS several, coalesce(o.place, 1) AS place,
       a.assessed_on, a.closed_on, a.signed_on < r.registered_on AS early, coalesce(a.team_assessed, false) AS team_assessed, a.fragility_score, coalesce(l.planned, 0) AS planned,
       r.birth_year, r.disabled,
       r.district_no, r.traits + (coalesce(b.age_band_no, 0) - r.traits // 1000000000000 % 1000) * 1000000000000 AS traits,
       CAST(coalesce(w.number, 0) AS SMALLINT) AS path_no, CAST(coalesce(g.number, 0) AS SMALLINT) AS programme_no
FROM staging.agreements a
LEFT JOIN marts.entries r ON r.registration = hash(a.registration_id)
LEFT JOIN ordered o ON o.agreement = hash(a.agreement_id)
LEFT JOIN plans l ON l.planned_leps = a.planned_leps
LEFT JOIN marts.age_bands b ON b.age = year(a.signed_on) - r.birth_year
LEFT JOIN marts.code_numbers w ON w.list = 'path' AND w.code = coalesce(CAST(a.path AS VARCHAR), 'none')
LEFT JOIN marts.code_numbers g ON g.list = 'programme' AND g.code = a.programme
