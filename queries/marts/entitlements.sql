-- title.it: Diritti ai LEP
-- title.en: Entitlements to LEP
-- description.it: Una riga per persona, LEP e trimestre: il primo evento che dà diritto alla prestazione, e se la prestazione è arrivata entro la finestra.
-- description.en: One row per person, LEP and quarter: the first event that entitles to the service, and whether the service came within its window.
-- grain: person_id, lep, period
-- materialize: table
-- column.reached.it: almeno un'attività valida di quel LEP entro la finestra
-- column.reached.en: at least one valid activity of that LEP within the window

WITH rules AS (
  SELECT slug AS lep, entitlement_rule, measured_by, window_days
  FROM reference.lep
  WHERE beneficiary = 'person' AND window_days IS NOT NULL
), fragile AS (
  SELECT value AS threshold FROM reference.parameters WHERE name = 'fragility_threshold'
), registered AS (
  -- the first registration of the quarter is the same for every LEP that is
  -- due to each registration, so it is found once
  SELECT f.person_id, u.lep, f.period, f.registered_on AS event_on, f.registration_id AS event_id,
         u.measured_by, u.window_days, f.profiled_on,
         f.district, f.sex, f.age_band, f.citizenship, f.education, f.duration
  FROM marts.first_registrations f
  CROSS JOIN rules u
  WHERE u.entitlement_rule = 'every'
), agreed AS (
  SELECT a.person_id, u.lep, a.period, a.signed_on AS event_on, a.agreement_id AS event_id,
         u.measured_by, u.window_days, CAST(NULL AS DATE) AS profiled_on,
         a.district, a.sex, a.age_band, a.citizenship, a.education, a.duration
  FROM marts.agreements a
  CROSS JOIN rules u
  CROSS JOIN fragile t
  WHERE (u.entitlement_rule = 'planned' AND list_contains(a.planned_leps, u.lep))
     OR (u.entitlement_rule = 'fragility' AND a.fragility_score >= t.threshold)
  QUALIFY row_number() OVER (
    PARTITION BY a.person_id, u.lep, a.period
    ORDER BY a.signed_on, a.agreement_id
  ) = 1
), entitled AS (
  SELECT person_id, lep, period, event_on, event_id, measured_by, window_days, profiled_on,
         district, sex, age_band, citizenship, education, duration
  FROM registered
  UNION ALL
  SELECT person_id, lep, period, event_on, event_id, measured_by, window_days, profiled_on,
         district, sex, age_band, citizenship, education, duration
  FROM agreed
), begun AS (
  SELECT person_id, lep, started_on
  FROM marts.activities
  WHERE beneficiary_kind = 'person'
), followed AS (
  -- the first activity on or after the event decides: a later one can only be
  -- further away
  SELECT e.person_id, e.lep, e.period, e.event_on, e.event_id, e.window_days,
         e.district, e.sex, e.age_band, e.citizenship, e.education, e.duration,
         CASE WHEN e.measured_by = 'profiling' THEN e.profiled_on ELSE b.started_on END AS reached_on
  FROM entitled e
  ASOF LEFT JOIN begun b ON b.person_id = e.person_id AND b.lep = e.lep AND b.started_on >= e.event_on
)
SELECT person_id, lep, period, event_on, event_id, district, sex, age_band, citizenship, education, duration,
       reached_on - event_on AS waited_days,
       coalesce(reached_on BETWEEN event_on AND event_on + window_days, false) AS reached
FROM followed
