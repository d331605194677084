-- title.it: Diritti ai LEP
-- title.en: Entitlements to LEP
-- description.it: Una riga per persona, LEP e trimestre: il primo evento che dà diritto alla prestazione, e se la prestazione è arrivata entro la finestra. Quello che apre l'anno vale anche per l'anno.
-- description.en: One row per person, LEP and quarter: the first event that entitles to the service, and whether the service came within its window. The one that opens the year holds for the year too.
-- grain: person_id, lep, quarter
-- materialize: table
-- column.reached.it: almeno un'attività valida di quel LEP entro la finestra
-- column.reached.en: at least one valid activity of that LEP within the window
-- column.opens_year.it: è il primo evento della persona per quel LEP anche nell'anno
-- column.opens_year.en: it is the person's first event for that LEP in the year too

WITH rules AS (
  SELECT slug AS lep, entitlement_rule, measured_by, window_days
  FROM reference.lep
  WHERE beneficiary = 'person' AND window_days IS NOT NULL
), fragile AS (
  SELECT value AS threshold FROM reference.parameters WHERE name = 'fragility_threshold'
), registered AS (
  -- the first registration of the quarter is the same for every LEP that is
  -- due to each registration, so it is found once
  SELECT f.person_id, u.lep, f.quarter, f.year, f.opens_year, f.registered_on AS event_on,
         f.registration_id AS event_id, u.measured_by, u.window_days, f.profiled_on,
         f.district, f.sex, f.age_band, f.citizenship, f.education, f.duration, f.profile
  FROM marts.first_registrations f
  CROSS JOIN rules u
  WHERE u.entitlement_rule = 'every'
), planned AS (
  SELECT a.person_id, u.lep, a.signed_on, a.agreement_id, u.measured_by, u.window_days,
         a.district, a.sex, a.age_band, a.citizenship, a.education, a.duration, a.profile,
         lag(a.signed_on) OVER (PARTITION BY a.person_id, u.lep ORDER BY a.signed_on, a.agreement_id) AS earlier_on
  FROM marts.agreements a
  CROSS JOIN rules u
  CROSS JOIN fragile t
  WHERE (u.entitlement_rule = 'planned' AND list_contains(a.planned_leps, u.lep))
     OR (u.entitlement_rule = 'fragility' AND a.fragility_score >= t.threshold)
), agreed AS (
  SELECT person_id, lep, year(signed_on) || '-Q' || quarter(signed_on) AS quarter,
         CAST(year(signed_on) AS VARCHAR) AS year,
         earlier_on IS NULL OR year(earlier_on) < year(signed_on) AS opens_year, signed_on AS event_on,
         agreement_id AS event_id, measured_by, window_days, CAST(NULL AS DATE) AS profiled_on,
         district, sex, age_band, citizenship, education, duration, profile
  FROM planned
  WHERE earlier_on IS NULL OR date_trunc('quarter', earlier_on) < date_trunc('quarter', signed_on)
), entitled AS (
  SELECT person_id, lep, quarter, year, opens_year, event_on, event_id, measured_by, window_days, profiled_on,
         district, sex, age_band, citizenship, education, duration, profile
  FROM registered
  UNION ALL
  SELECT person_id, lep, quarter, year, opens_year, event_on, event_id, measured_by, window_days, profiled_on,
         district, sex, age_band, citizenship, education, duration, profile
  FROM agreed
), begun AS (
  SELECT a.person_id, a.lep, a.started_on
  FROM marts.activities a
  SEMI JOIN rules u ON u.lep = a.lep
  WHERE a.beneficiary_kind = 'person'
), followed AS (
  -- the first activity on or after the event decides: a later one can only be
  -- further away
  SELECT e.person_id, e.lep, e.quarter, e.year, e.opens_year, e.event_on, e.event_id, e.window_days,
         e.district, e.sex, e.age_band, e.citizenship, e.education, e.duration, e.profile, b.started_on AS reached_on
  FROM entitled e
  ASOF LEFT JOIN begun b ON b.person_id = e.person_id AND b.lep = e.lep AND b.started_on >= e.event_on
  WHERE e.measured_by <> 'profiling'
  UNION ALL
  SELECT person_id, lep, quarter, year, opens_year, event_on, event_id, window_days,
         district, sex, age_band, citizenship, education, duration, profile, profiled_on
  FROM entitled
  WHERE measured_by = 'profiling'
)
SELECT person_id, lep, quarter, year, opens_year, event_on, event_id,
       district, sex, age_band, citizenship, education, duration, profile,
       reached_on - event_on AS waited_days,
       coalesce(reached_on BETWEEN event_on AND event_on + window_days, false) AS reached
FROM followed
