-- title.it: Iscrizioni con territorio e classi
-- title.en: Registrations with territory and bands
-- description.it: Ogni iscrizione valida con il distretto di domicilio e la classe di durata della disoccupazione.
-- description.en: Each valid registration with its district of domicile and the band of unemployment duration.
-- grain: registration_id
-- materialize: table
-- column.district.it: distretto del comune di domicilio; se il comune manca, quello dichiarato
-- column.district.en: district of the municipality of domicile; the declared one if there is none

SELECT r.registration_id, r.person_id, r.registered_on,
       year(r.registered_on) || '-Q' || quarter(r.registered_on) AS period,
       r.closed_on, r.close_reason, r.profiled_on, coalesce(c.geo, r.district) AS district,
       r.sex, r.birth_year, r.citizenship, r.education,
       CASE WHEN r.months_unemployed IS NULL THEN 'nd'
            WHEN r.months_unemployed < 6 THEN 'lt6'
            WHEN r.months_unemployed < 12 THEN '6_11'
            ELSE 'ge12' END AS duration
FROM staging.registrations r
LEFT JOIN reference.comuni c ON c.comune = r.comune
