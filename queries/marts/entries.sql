-- title.it: Iscrizioni in numeri
-- title.en: Registrations in numbers
-- description.it: Quello che i conteggi chiedono di un'iscrizione: chiavi brevi, giorni e numeri al posto dei nomi (marts.registrations li dice per esteso).
-- description.en: What counts ask of a registration: short keys, days, and numbers in the place of names (marts.registrations spells them out).
-- grain: registration
-- materialize: table
-- column.traits.it: sesso, età, cittadinanza, titolo, durata e profilo in un numero: di ciascuno il numero, in tre cifre
-- column.traits.en: sex, age, citizenship, education, duration and profile in one number: the number of each, in three digits
-- column.place.it: ordine tra le iscrizioni della persona, per giorno e poi per identificativo
-- column.place.en: order among the person's registrations, by day and then by identifier
-- column.prior_on.it: giorno dell'iscrizione precedente della stessa persona; vuoto se è la prima
-- column.prior_on.en: day of the person's registration before this one; empty if it is the first
-- column.next_on.it: giorno dell'iscrizione successiva della stessa persona; vuoto se è l'ultima
-- column.next_on.en: day of the person's registration after this one; empty if it is the last

-- What has no code has 0 (marts.code_numbers), a district that nobody knows none.
-- Who somebody is goes through four tables of millions, so it is one number. The
-- age is that of the day of registration; of an agreement, that of its day.
-- Only who registered more than once is put in order, and only here: of two
-- registrations on one day the one with the greater identifier is the later.
WITH several AS (
  SELECT hash(person_id) AS person FROM staging.registrations GROUP BY person HAVING count(*) > 1
), ordered AS (
  SELECT r.registration, CAST(row_number() OVER within_person AS INTEGER) AS place, lag(r.registered_on) OVER within_person AS prior_on, lead(r.registered_on) OVER within_person AS next_on
  FROM (SELECT hash(registration_id) AS registration, hash(person_id) AS person, registered_on, registration_id FROM staging.registrations) r
  SEMI JOIN several s ON s.person = r.person
  WINDOW within_person AS (PARTITION BY r.person ORDER BY r.registered_on, r.registration_id)
)
SELECT r.registration, r.person, r.registered_on, r.closed_on, r.close_reason, r.profiled_on, coalesce(o.place, 1) AS place, o.prior_on, o.next_on, r.birth_year, r.disabled,
       CAST(d.number AS SMALLINT) AS district_no,
       ((((CAST(coalesce(s.number, 0) AS BIGINT) * 1000 + coalesce(b.age_band_no, 0)) * 1000 + coalesce(c.number, 0)) * 1000
         + coalesce(e.number, 0)) * 1000 + coalesce(u.number, 0)) * 1000 + coalesce(p.number, 0) AS traits
FROM marts.registrations r
LEFT JOIN ordered o ON o.registration = r.registration
LEFT JOIN marts.age_bands b ON b.age = year(r.registered_on) - r.birth_year
LEFT JOIN marts.code_numbers d ON d.list = 'geo' AND d.code = r.district
LEFT JOIN marts.code_numbers s ON s.list = 'sex' AND s.code = r.sex
LEFT JOIN marts.code_numbers c ON c.list = 'citizenship' AND c.code = r.citizenship
LEFT JOIN marts.code_numbers e ON e.list = 'education' AND e.code = r.education
LEFT JOIN marts.code_numbers u ON u.list = 'duration' AND u.code = r.duration
LEFT JOIN marts.code_numbers p ON p.list = 'profile' AND p.code = r.profile
