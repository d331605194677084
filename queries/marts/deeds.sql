-- title.it: Attività in numeri
-- title.en: Activities in numbers
-- description.it: Quello che i conteggi chiedono di ogni attività valida: chiavi brevi, giorni e numeri al posto dei nomi (marts.activities le dice per esteso).
-- description.en: What counts ask of each valid activity: short keys, days, and numbers in the place of names (marts.activities spells them out).
-- grain: deed
-- materialize: table
-- column.deed.it: consegna e riga in un numero
-- column.deed.en: delivery and line in one number
-- column.person.it: la persona; manca se l'attività è per un datore di lavoro
-- column.person.en: the person; none where the activity is for an employer

-- SAP events: 01 only proposed, 03 rejected, 04 refused, 06 and 07 annulled,
-- 08 deleted. What was begun and then abandoned (05) or closed in any other
-- way stays valid, so that coverage does not fall when the books are closed.
WITH valid AS NOT MATERIALIZED (
  SELECT CAST(load_id AS BIGINT) * 4294967296 + line AS deed, beneficiary_kind = 'person' AS for_person, hash(person_id) AS person, provider,
         CASE WHEN beneficiary_kind = 'person' THEN hash(registration_id) END AS registration, lep, measure, started_on, provider_kind, standard_cost_eur
  FROM staging.services
  WHERE started_on IS NOT NULL
    AND last_event NOT IN ('01', '03', '04', '06', '07', '08')
), places AS (
  SELECT registration, district_no FROM marts.entries WHERE district_no IS NOT NULL
), homeless AS (
  -- few: those whose registration is not known or has no territory
  SELECT v.deed, v.person, v.started_on
  FROM valid v
  ANTI JOIN places p ON p.registration = v.registration
  WHERE v.for_person
), homes AS (
  SELECT o.deed, h.district_no
  FROM homeless o
  ASOF JOIN marts.homes h ON h.person = o.person AND o.started_on >= h.from_day
), employer_days AS (
  SELECT DISTINCT provider, started_on
  FROM valid
  WHERE NOT for_person
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
  FROM valid v
  JOIN sites s ON s.provider = v.provider AND s.started_on = v.started_on
  JOIN reference.comuni m ON m.comune = s.comune
  JOIN marts.code_numbers g ON g.list = 'geo' AND g.code = m.geo
  WHERE NOT v.for_person
), elsewhere AS (
  SELECT deed, district_no FROM homes
  UNION ALL
  SELECT deed, district_no FROM sited
)
SELECT v.deed, CASE WHEN v.for_person THEN v.person END AS person, CAST(l.number AS SMALLINT) AS lep_no, v.measure, v.started_on,
       CAST(coalesce(k.number, 0) AS SMALLINT) AS provider_kind_no, CAST(v.standard_cost_eur AS DECIMAL(18, 4)) AS standard_cost_eur,
       CAST(coalesce(e.district_no, p.district_no) AS SMALLINT) AS district_no
FROM valid v
LEFT JOIN places p ON p.registration = v.registration
LEFT JOIN elsewhere e ON e.deed = v.deed
LEFT JOIN marts.code_numbers l ON l.list = 'lep' AND l.code = v.lep
LEFT JOIN marts.code_numbers k ON k.list = 'provider_kind' AND k.code = v.provider_kind
