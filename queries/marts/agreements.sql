-- title.it: Patti con territorio e caratteristiche
-- title.en: Agreements with territory and attributes
-- description.it: Ogni patto la cui iscrizione è valida, con il territorio e le caratteristiche di quell'iscrizione.
-- description.en: Each agreement whose registration is valid, with territory and attributes of that registration.
-- grain: agreement_id
-- materialize: table

-- An agreement without a valid registration has no territory: it is dropped
-- here, and counted by the quality page.
SELECT a.agreement_id, a.person_id, a.registration_id, a.signed_on,
       year(a.signed_on) || '-Q' || quarter(a.signed_on) AS period,
       a.programme, coalesce(CAST(a.path AS VARCHAR), 'none') AS path,
       coalesce(a.team_assessed, false) AS team_assessed, a.fragility_score,
       string_split(a.planned_leps, '|') AS planned_leps, a.closed_on, a.close_reason,
       r.district, r.sex, r.birth_year, b.age_band, r.citizenship, r.education, r.duration, r.profile, r.disabled,
       hash(a.agreement_id) AS agreement, hash(a.person_id) AS person, r.registration,
       CAST(4 * year(a.signed_on) + quarter(a.signed_on) - 1 AS INTEGER) AS quarter_no,
       r.district_no, r.sex_no, coalesce(b.age_band_no, 0) AS age_band_no, r.citizenship_no, r.education_no, r.duration_no, r.profile_no,
       CAST(coalesce(w.number, 0) AS SMALLINT) AS path_no, CAST(coalesce(g.number, 0) AS SMALLINT) AS programme_no
FROM staging.agreements a
JOIN marts.registrations r ON r.registration = hash(a.registration_id)
LEFT JOIN marts.age_bands b ON b.age = year(a.signed_on) - r.birth_year
LEFT JOIN marts.code_numbers w ON w.list = 'path' AND w.code = coalesce(CAST(a.path AS VARCHAR), 'none')
LEFT JOIN marts.code_numbers g ON g.list = 'programme' AND g.code = a.programme
