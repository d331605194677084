-- title.it: Iscrizioni con territorio e classi
-- title.en: Registrations with territory and bands
-- description.it: Ogni iscrizione valida con il territorio di domicilio, la classe di durata della disoccupazione e la classe di profilo.
-- description.en: Each valid registration with its territory of domicile, the band of unemployment duration and the class of profile.
-- grain: registration_id
-- column.district.it: territorio del comune di domicilio; se il comune manca, non è della regione o ha più centri, quello del centro per l’impiego; altrimenti quello dichiarato
-- column.district.en: territory of the municipality of domicile; where it is missing, not of the region or has several centres, that of the job centre; otherwise the declared one
-- column.profile.it: schema e classe di profilazione; nd se manca o se la classe non esiste in quello schema
-- column.profile.en: scheme and class of profiling; nd where there is none or the scheme has no such class

-- Attributes are those of this registration, whatever another one of the same
-- person says of sex or year of birth: marts.quality counts such persons. For
-- reading: counts ask marts.entries.
WITH profiles AS (
  SELECT code FROM reference.codes WHERE list = 'profile'
)
SELECT r.registration_id, r.person_id, r.registered_on, r.closed_on, r.close_reason, r.profiled_on,
       coalesce(m.geo, k.geo, r.district) AS district,
       r.sex, r.birth_year, r.citizenship, r.education,
       CASE WHEN r.months_unemployed IS NULL THEN 'nd'
            WHEN r.months_unemployed < 6 THEN 'lt6'
            WHEN r.months_unemployed < 12 THEN '6_11'
            ELSE 'ge12' END AS duration,
       coalesce(p.code, 'nd') AS profile,
       coalesce(r.disability, false) AS disabled,
       hash(r.person_id) AS person, hash(r.registration_id) AS registration
FROM staging.registrations r
LEFT JOIN reference.comuni m ON m.comune = r.comune
LEFT JOIN reference.cpi k ON k.cpi = r.cpi
LEFT JOIN profiles p ON p.code = left(r.profiling_scheme, 4) || '_' || r.profiling_class
