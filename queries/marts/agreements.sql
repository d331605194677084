-- title.it: Patti con territorio e caratteristiche
-- title.en: Agreements with territory and attributes
-- description.it: Ogni patto la cui iscrizione è valida, con il territorio e le caratteristiche di quell'iscrizione.
-- description.en: Each agreement whose registration is valid, with territory and attributes of that registration.
-- grain: agreement_id

-- An agreement without a valid registration has no territory: it is dropped
-- here, and counted by the quality page. For reading: counts ask marts.signings.
SELECT a.agreement_id, a.person_id, a.registration_id, a.signed_on,
       year(a.signed_on) || '-Q' || quarter(a.signed_on) AS period,
       a.programme, coalesce(CAST(a.path AS VARCHAR), 'none') AS path,
       coalesce(a.team_assessed, false) AS team_assessed, a.fragility_score,
       string_split(a.planned_leps, '|') AS planned_leps, a.closed_on, a.close_reason,
       r.district, r.sex, r.birth_year, b.age_band, r.citizenship, r.education, r.duration, r.profile, r.disabled,
       hash(a.agreement_id) AS agreement, hash(a.person_id) AS person, r.registration
FROM staging.agreements a
JOIN marts.registrations r ON r.registration = hash(a.registration_id)
LEFT JOIN marts.age_bands b ON b.age = year(a.signed_on) - r.birth_year
