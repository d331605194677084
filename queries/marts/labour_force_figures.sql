-- title.it: Tassi ufficiali della rilevazione sulle forze di lavoro
-- title.en: Official rates of the labour force survey
-- description.it: Una riga per tasso pubblicato dall'ISTAT: sesso, titolo di studio e cittadinanza letti dalla chiave della disaggregazione.
-- description.en: One row per rate published by ISTAT: sex, education and citizenship read from the breakdown key.
-- grain: indicator, geo, period_type, period, sex, education, nationality

SELECT o.indicator, g.level AS geo_level, o.geo, o.period_type, o.period,
       coalesce(nullif(regexp_extract(o.breakdown, '(?:^|;)sex=([^;]+)', 1), ''), '_T') AS sex,
       coalesce(nullif(regexp_extract(o.breakdown, '(?:^|;)education=([^;]+)', 1), ''), '_T') AS education,
       coalesce(nullif(regexp_extract(o.breakdown, '(?:^|;)nationality=([^;]+)', 1), ''), '_T') AS nationality,
       o.value, o.obs_status,
       CASE WHEN o.obs_status = 'O' THEN 'not_published' END AS reason,
       o.note_ids
FROM staging.observations o
JOIN reference.geo g ON g.code = o.geo
WHERE o.dataset = 'labour_force'
