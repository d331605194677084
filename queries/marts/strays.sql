-- title.it: Territorio delle altre attività
-- title.en: Territory of the other activities
-- description.it: Il territorio delle attività di marts.given che non lo hanno da un'iscrizione: per le persone l'ultimo domicilio noto, per i datori di lavoro la sede dell'operatore. Chi non ne ha nessuno manca.
-- description.en: The territory of the activities of marts.given that have none from a registration: for persons the latest known domicile, for employers the provider's site. Who has none is missing.
-- grain: deed
-- materialize: table

-- Few, so each is looked for by itself.
WITH homeless AS (
  SELECT deed, person, started_on FROM marts.given WHERE district_no IS NULL AND person IS NOT NULL
), homes AS (
  SELECT o.deed, h.district_no
  FROM marts.homes h
  JOIN homeless o ON o.person = h.person AND o.started_on >= h.from_day AND o.started_on < h.until_day
), employers AS (
  SELECT g.deed, s.provider, g.started_on
  FROM marts.given g
  JOIN (
    SELECT CAST(load_id AS BIGINT) * 4294967296 + line AS deed, provider FROM staging.services WHERE beneficiary_kind <> 'person' AND provider IS NOT NULL
  ) s ON s.deed = g.deed
), employer_days AS (
  SELECT DISTINCT provider, started_on FROM employers
), sites AS (
  SELECT d.provider, d.started_on, arg_min(p.comune, row(p.site, p.valid_from)) AS comune
  FROM employer_days d
  JOIN staging.providers p
    ON p.provider = d.provider
   AND d.started_on >= p.valid_from
   AND (p.valid_to IS NULL OR d.started_on <= p.valid_to)
  GROUP BY d.provider, d.started_on
), sited AS (
  SELECT v.deed, g.number AS district_no
  FROM employers v
  JOIN sites s ON s.provider = v.provider AND s.started_on = v.started_on
  JOIN reference.comuni m ON m.comune = s.comune
  JOIN marts.code_numbers g ON g.list = 'geo' AND g.code = m.geo
)
SELECT deed, CAST(district_no AS SMALLINT) AS district_no FROM homes WHERE district_no IS NOT NULL
UNION ALL
SELECT deed, CAST(district_no AS SMALLINT) FROM sited
