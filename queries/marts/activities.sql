-- title.it: Attività valide
-- title.en: Valid activities
-- description.it: Le prestazioni iniziate e non respinte, rifiutate, annullate o cancellate, con il territorio a cui si attribuiscono.
-- description.en: Services begun and not rejected, refused, annulled or deleted, with the territory they are attributed to.
-- grain: service_id
-- materialize: table
-- column.district.it: territorio della persona o, per i datori di lavoro, della sede dell'operatore; vuoto se non attribuibile
-- column.district.en: territory of the person or, for employers, of the provider's site; empty where none can be told

-- SAP events: 01 only proposed, 03 rejected, 04 refused, 06 and 07 annulled,
-- 08 deleted. What was begun and then abandoned (05) or closed in any other
-- way stays valid, so that coverage does not fall when the books are closed.
WITH valid AS NOT MATERIALIZED (
  SELECT service_id, beneficiary_kind, person_id, hash(person_id) AS person, provider, hash(registration_id) AS registration, lep, measure,
         started_on, provider_kind, standard_cost_eur
  FROM staging.services
  WHERE started_on IS NOT NULL
    AND last_event NOT IN ('01', '03', '04', '06', '07', '08')
), places AS (
  SELECT registration, district FROM marts.registrations WHERE district IS NOT NULL
), placed_by_home AS (
  -- few: those whose registration is not known or has no territory
  SELECT r.service_id, r.beneficiary_kind, r.person_id, r.person, r.lep, r.measure, r.started_on, r.provider_kind, r.standard_cost_eur, h.district
  FROM (SELECT v.service_id, v.beneficiary_kind, v.person_id, v.person, v.lep, v.measure, v.started_on, v.provider_kind, v.standard_cost_eur
        FROM valid v
        ANTI JOIN places p ON p.registration = v.registration
        WHERE v.beneficiary_kind = 'person') r
  ASOF LEFT JOIN marts.homes h ON h.person = r.person AND r.started_on >= h.from_day
), provider_days AS (
  SELECT DISTINCT provider, started_on
  FROM valid
  WHERE beneficiary_kind = 'employer'
), sites AS (
  SELECT d.provider, d.started_on, arg_min(p.comune, row(p.site, p.valid_from)) AS comune
  FROM provider_days d
  JOIN staging.providers p
    ON p.provider = d.provider
   AND d.started_on >= p.valid_from
   AND (p.valid_to IS NULL OR d.started_on <= p.valid_to)
  GROUP BY d.provider, d.started_on
), located AS (
  SELECT v.service_id, v.beneficiary_kind, v.person_id, v.person, v.lep, v.measure, v.started_on, v.provider_kind, v.standard_cost_eur, p.district
  FROM valid v
  JOIN places p ON p.registration = v.registration
  WHERE v.beneficiary_kind = 'person'
  UNION ALL
  SELECT service_id, beneficiary_kind, person_id, person, lep, measure, started_on, provider_kind, standard_cost_eur, district
  FROM placed_by_home
  UNION ALL
  SELECT v.service_id, v.beneficiary_kind, v.person_id, v.person, v.lep, v.measure, v.started_on, v.provider_kind, v.standard_cost_eur, m.geo
  FROM valid v
  LEFT JOIN sites s ON s.provider = v.provider AND s.started_on = v.started_on
  LEFT JOIN reference.comuni m ON m.comune = s.comune
  WHERE v.beneficiary_kind = 'employer'
)
SELECT service_id, beneficiary_kind, person_id, CASE WHEN beneficiary_kind = 'person' THEN person END AS person, lep, measure, started_on,
       provider_kind, standard_cost_eur, district
FROM located
