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
WITH valid AS (
  SELECT service_id, beneficiary_kind, person_id, provider, registration_id, lep, measure, started_on,
         provider_kind, standard_cost_eur
  FROM staging.services
  WHERE started_on IS NOT NULL
    AND last_event NOT IN ('01', '03', '04', '06', '07', '08')
), registered AS (
  SELECT v.service_id, v.beneficiary_kind, v.person_id, v.provider, v.lep, v.measure, v.started_on,
         v.provider_kind, v.standard_cost_eur, r.district
  FROM valid v
  LEFT JOIN marts.registrations r ON r.registration_id = v.registration_id
), placed_by_home AS (
  SELECT r.service_id, r.beneficiary_kind, r.person_id, r.lep, r.measure, r.started_on, r.provider_kind,
         r.standard_cost_eur, h.district
  FROM registered r
  ASOF LEFT JOIN marts.homes h ON h.person_id = r.person_id AND r.started_on >= h.from_day
  WHERE r.beneficiary_kind = 'person' AND r.district IS NULL
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
)
SELECT service_id, beneficiary_kind, person_id, lep, measure, started_on, provider_kind, standard_cost_eur, district
FROM registered
WHERE beneficiary_kind = 'person' AND district IS NOT NULL
UNION ALL
SELECT service_id, beneficiary_kind, person_id, lep, measure, started_on, provider_kind, standard_cost_eur, district
FROM placed_by_home
UNION ALL
SELECT r.service_id, r.beneficiary_kind, r.person_id, r.lep, r.measure, r.started_on, r.provider_kind,
       r.standard_cost_eur, m.geo AS district
FROM registered r
LEFT JOIN sites s ON s.provider = r.provider AND s.started_on = r.started_on
LEFT JOIN reference.comuni m ON m.comune = s.comune
WHERE r.beneficiary_kind = 'employer'
