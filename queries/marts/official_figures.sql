-- title.it: Cifre ufficiali con territorio e disaggregazioni in colonne
-- title.en: Official figures with territory and breakdowns in columns
-- description.it: Una riga per cifra pubblicata: livello del territorio, anno della presa in carico e percorso letti dalla chiave della disaggregazione.
-- description.en: One row per published figure: level of the territory, year of taking in charge and path read from the breakdown key.
-- grain: dataset, indicator, geo, period_type, period, entry_year, path

SELECT o.dataset, o.indicator, g.level AS geo_level, o.geo, o.period_type, o.period,
       coalesce(nullif(regexp_extract(o.breakdown, '(?:^|;)entry_year=([^;]+)', 1), ''), '_T') AS entry_year,
       coalesce(nullif(regexp_extract(o.breakdown, '(?:^|;)path=([^;]+)', 1), ''), '_T') AS path,
       o.value, o.obs_status,
       CASE WHEN o.obs_status = 'O' THEN 'not_published' END AS reason,
       o.note_ids
FROM staging.observations o
JOIN reference.geo g ON g.code = o.geo
WHERE o.dataset <> 'labour_force' -- rates by sex, education and citizenship: marts.labour_force_figures
