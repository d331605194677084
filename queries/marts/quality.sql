-- title.it: Qualità dei dati
-- title.en: Quality of the data
-- description.it: Quante righe valide nella forma non possono essere usate o collegate, per motivo. Sono attese in dati reali: si contano, non fermano un rilascio.
-- description.en: How many rows that are valid in form cannot be used or linked, by reason. They are expected in real data: they are counted and do not stop a release.
-- grain: reason
-- materialize: table
-- column.cases.it: righe o rapporti
-- column.cases.en: rows or relationships

-- What is known of a person comes from her latest registration (for stale
-- spells) or from the registration at hand (for everything else), so that two
-- registrations which differ in sex or year of birth are told here and corrected nowhere.
-- Codes are looked up once per code, not once per row.
WITH corrections AS (
  SELECT corrects FROM staging.placements WHERE corrects IS NOT NULL
), known_events AS (
  SELECT e.event_id
  FROM staging.placements e
  SEMI JOIN corrections c ON c.corrects = e.event_id
), following AS (
  SELECT registered_on,
         max(coalesce(closed_on, DATE '9999-12-31')) OVER (
           PARTITION BY person ORDER BY place
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
         ) AS earlier_to
  FROM marts.entries
  WHERE prior_on IS NOT NULL OR next_on IS NOT NULL
), differing AS (
  SELECT person, min(nullif(traits // 1000000000000000, 0)) <> max(traits // 1000000000000000) AS two_sexes, min(birth_year) <> max(birth_year) AS two_birth_years
  FROM marts.entries
  WHERE prior_on IS NOT NULL OR next_on IS NOT NULL
  GROUP BY person
), cancelled_starts AS (
  SELECT DISTINCT hash(relationship_id) AS relationship
  FROM staging.placements
  WHERE event = 'start' AND cancelled
), restarted AS (
  SELECT hash(e.relationship_id) AS relationship
  FROM marts.valid_events e
  SEMI JOIN cancelled_starts c ON c.relationship = hash(e.relationship_id)
  WHERE e.event = 'start'
), combined AS (
  -- events are read once and put together by a short hash of their codes; few combinations are left to look at
  SELECT any_value(contract) AS contract, any_value(working_hours) AS working_hours, any_value(transformation) AS transformation, any_value(cessation) AS cessation,
         any_value(right(sector_version, 4)) AS sector_version, any_value(left(sector, 1)) AS section,
         any_value(right(occupation_version, 4)) AS occupation_version, any_value(left(occupation, 1)) AS great_group, count(*) AS cases
  FROM staging.placements
  GROUP BY hash(contract, working_hours, transformation, cessation, sector_version, sector, occupation_version, occupation)
), served AS (
  SELECT s.lep, s.measure, s.beneficiary_kind = 'person' AND r.registration IS NULL AS unregistered, count(*) AS cases
  FROM staging.services s
  LEFT JOIN marts.entries r ON r.registration = hash(s.registration_id)
  GROUP BY ALL
), used (reason, version, code, cases) AS (
  SELECT 'unknown_contract', CAST(NULL AS VARCHAR), contract, sum(cases) FROM combined WHERE contract IS NOT NULL GROUP BY contract
  UNION ALL
  SELECT 'unknown_working_hours', NULL, working_hours, sum(cases) FROM combined WHERE working_hours IS NOT NULL GROUP BY working_hours
  UNION ALL
  SELECT 'unknown_transformation', NULL, transformation, sum(cases) FROM combined WHERE transformation IS NOT NULL GROUP BY transformation
  UNION ALL
  SELECT 'unknown_cessation', NULL, cessation, sum(cases) FROM combined WHERE cessation IS NOT NULL GROUP BY cessation
  UNION ALL
  SELECT 'unknown_sector', sector_version, section, sum(cases) FROM combined WHERE section IS NOT NULL GROUP BY sector_version, section
  UNION ALL
  SELECT 'unknown_occupation', occupation_version, great_group, sum(cases) FROM combined WHERE great_group IS NOT NULL GROUP BY occupation_version, great_group
  UNION ALL
  SELECT 'unknown_lep', NULL, lep, sum(cases) FROM served GROUP BY lep
  UNION ALL
  SELECT 'unknown_measure', NULL, measure, sum(cases) FROM served WHERE measure IS NOT NULL GROUP BY measure
  UNION ALL
  SELECT 'unknown_profile', NULL, left(profiling_scheme, 4) || '_' || profiling_class, count(*) FROM staging.registrations
  WHERE profiling_scheme IS NOT NULL AND profiling_class IS NOT NULL GROUP BY left(profiling_scheme, 4) || '_' || profiling_class
), known (reason, version, code) AS (
  SELECT 'unknown_contract', CAST(NULL AS VARCHAR), code FROM reference.contracts
  UNION ALL
  SELECT 'unknown_working_hours', NULL, code FROM reference.working_hours
  UNION ALL
  SELECT 'unknown_transformation', NULL, code FROM reference.transformations
  UNION ALL
  SELECT 'unknown_cessation', NULL, code FROM reference.cessations
  UNION ALL
  SELECT 'unknown_sector', right(version, 4), section FROM reference.sectors
  UNION ALL
  SELECT 'unknown_occupation', right(version, 4), code FROM reference.occupations
  UNION ALL
  SELECT 'unknown_lep', NULL, slug FROM reference.lep
  UNION ALL
  SELECT 'unknown_measure', NULL, code FROM reference.codes WHERE list = 'measure_received'
  UNION ALL
  SELECT 'unknown_profile', NULL, code FROM reference.codes WHERE list = 'profile'
), unknown AS (
  -- a code without a version may be of any
  SELECT u.reason, sum(u.cases) FILTER (WHERE NOT EXISTS (
           SELECT 1 FROM known k
           WHERE k.reason = u.reason AND k.code = u.code AND (u.version IS NULL OR k.version = u.version))) AS cases
  FROM used u
  GROUP BY u.reason
), reasons (reason) AS (
  VALUES ('unknown_contract'), ('unknown_working_hours'), ('unknown_transformation'), ('unknown_cessation'),
         ('unknown_sector'), ('unknown_occupation'), ('unknown_lep'), ('unknown_measure'), ('unknown_profile')
)
SELECT 'correction_of_unknown_event' AS reason, count(*) AS cases
FROM corrections e
ANTI JOIN known_events k ON k.event_id = e.corrects
UNION ALL
SELECT 'relationship_without_start', count(*)
FROM marts.ties
WHERE start_key < 0
UNION ALL
SELECT 'extension_of_cancelled_start', count(*)
FROM marts.valid_events e
SEMI JOIN cancelled_starts c ON c.relationship = hash(e.relationship_id)
ANTI JOIN restarted r ON r.relationship = hash(e.relationship_id)
WHERE e.event = 'extension'
UNION ALL
SELECT 'relationship_ends_before_start', count(*)
FROM marts.spans
WHERE end_on < start_on
UNION ALL
-- the flag of seasonal work obliges to plan an end: without one the job stays open
SELECT 'seasonal_without_end', count(*)
FROM staging.placements e
ANTI JOIN marts.corrected_events c ON c.load_id = e.load_id AND c.line = e.line
WHERE e.event = 'start' AND e.seasonal AND e.planned_end_on IS NULL AND NOT coalesce(e.cancelled, false)
UNION ALL
SELECT 'stale_spell', count(*)
FROM marts.spans
WHERE qualifying AND stale
UNION ALL
SELECT 'workplace_outside_region', count(*)
FROM marts.spans
WHERE qualifying AND district_no IS NULL AND (end_on IS NULL OR end_on >= start_on)
UNION ALL
SELECT 'workplace_of_several_territories', count(*)
FROM marts.spans
WHERE qualifying AND district_no = 0 AND (end_on IS NULL OR end_on >= start_on)
UNION ALL
SELECT 'registration_overlaps', count(*)
FROM following
WHERE registered_on < earlier_to
UNION ALL
SELECT 'person_with_two_sexes', count(*)
FROM differing
WHERE two_sexes
UNION ALL
SELECT 'person_with_two_birth_years', count(*)
FROM differing
WHERE two_birth_years
UNION ALL
SELECT 'agreement_without_registration', count(*)
FROM marts.signings
WHERE registration IS NULL
UNION ALL
SELECT 'agreement_before_registration', count(*)
FROM marts.signings
WHERE early
UNION ALL
SELECT 'service_without_registration', CAST(coalesce(sum(cases), 0) AS BIGINT)
FROM served
WHERE unregistered
UNION ALL
SELECT 'convocation_without_registration', count(*)
FROM staging.convocations v
ANTI JOIN marts.entries r ON r.registration = hash(v.registration_id)
UNION ALL
SELECT 'activity_without_district', count(*)
FROM marts.deeds
WHERE district_no IS NULL
UNION ALL
SELECT r.reason, coalesce(u.cases, 0)
FROM reasons r
LEFT JOIN unknown u ON u.reason = r.reason
