-- title.it: Diritti ai LEP
-- title.en: Entitlements to LEP
-- description.it: Una riga per persona, LEP e trimestre: il primo evento che dà diritto alla prestazione, e se la prestazione è arrivata entro la finestra. Quello che apre l'anno vale anche per l'anno.
-- description.en: One row per person, LEP and quarter: the first event that entitles to the service, and whether the service came within its window. The one that opens the year holds for the year too.
-- grain: person_id, lep, quarter
-- column.reached.it: almeno un'attività valida di quel LEP entro la finestra
-- column.reached.en: at least one valid activity of that LEP within the window
-- column.opens_year.it: è il primo evento della persona per quel LEP anche nell'anno
-- column.opens_year.en: it is the person's first event for that LEP in the year too

-- A view: only the coverage reads it, and counts before any row is written.
WITH rules AS (
  SELECT slug AS lep, entitlement_rule, measured_by, window_days, CAST(row_number() OVER (ORDER BY slug) AS SMALLINT) AS rule
  FROM reference.lep
  WHERE beneficiary = 'person' AND window_days IS NOT NULL
), fragile AS (
  SELECT value AS threshold FROM reference.parameters WHERE name = 'fragility_threshold'
), begun AS (
  SELECT a.person, u.rule, u.entitlement_rule, a.started_on
  FROM marts.activities a
  JOIN rules u ON u.lep = a.lep
  WHERE a.beneficiary_kind = 'person' AND u.measured_by <> 'profiling'
), asked AS (
  -- what an agreement plans twice is asked once: the second has an earlier one of the same day
  SELECT a.agreement_id, a.agreement, a.person, a.signed_on, u.rule
  FROM (SELECT agreement_id, agreement, person, signed_on, unnest(planned_leps) AS lep FROM marts.agreements) a
  JOIN rules u ON u.lep = a.lep
  WHERE u.entitlement_rule = 'planned'
  UNION ALL
  SELECT a.agreement_id, a.agreement, a.person, a.signed_on, u.rule
  FROM marts.agreements a
  CROSS JOIN fragile t
  CROSS JOIN rules u
  WHERE u.entitlement_rule = 'fragility' AND a.fragility_score >= t.threshold
), planned AS (
  SELECT agreement, person, rule, signed_on,
         lag(signed_on) OVER (PARTITION BY person, rule ORDER BY signed_on, agreement_id) AS earlier_on
  FROM asked
), agreed AS (
  SELECT agreement, person, rule, signed_on, earlier_on IS NULL OR year(earlier_on) < year(signed_on) AS opens_year
  FROM planned
  WHERE earlier_on IS NULL OR date_trunc('quarter', earlier_on) < date_trunc('quarter', signed_on)
), received AS (
  -- the first activity on or after the event decides: a later one can only be
  -- further away. It is looked for among the few of the same person.
  SELECT f.registration, b.rule, min(b.started_on) AS reached_on
  FROM begun b
  JOIN marts.first_registrations f ON f.person = b.person AND f.registered_on <= b.started_on
  WHERE b.entitlement_rule = 'every'
  GROUP BY f.registration, b.rule
), served AS (
  SELECT e.agreement, e.rule, min(b.started_on) AS reached_on
  FROM begun b
  JOIN agreed e ON e.person = b.person AND e.rule = b.rule AND e.signed_on <= b.started_on
  GROUP BY e.agreement, e.rule
), followed AS (
  -- the first registration of the quarter is the same for every LEP that is
  -- due to each registration, so it is found once
  SELECT f.person_id, u.lep, f.quarter, f.year, f.opens_year, f.registered_on AS event_on, f.registration_id AS event_id,
         u.window_days, f.district, f.sex, f.age_band, f.citizenship, f.education, f.duration, f.profile,
         CASE WHEN u.measured_by = 'profiling' THEN f.profiled_on ELSE b.reached_on END AS reached_on
  FROM marts.first_registrations f
  CROSS JOIN rules u
  LEFT JOIN received b ON b.registration = f.registration AND b.rule = u.rule
  WHERE u.entitlement_rule = 'every'
  UNION ALL
  SELECT a.person_id, u.lep, a.period, CAST(year(a.signed_on) AS VARCHAR), e.opens_year, a.signed_on, a.agreement_id,
         u.window_days, a.district, a.sex, a.age_band, a.citizenship, a.education, a.duration, a.profile,
         CASE WHEN u.measured_by <> 'profiling' THEN b.reached_on END
  FROM agreed e
  JOIN rules u ON u.rule = e.rule
  JOIN marts.agreements a ON a.agreement = e.agreement
  LEFT JOIN served b ON b.agreement = e.agreement AND b.rule = e.rule
)
SELECT person_id, lep, quarter, year, opens_year, event_on, event_id,
       district, sex, age_band, citizenship, education, duration, profile,
       reached_on - event_on AS waited_days,
       coalesce(reached_on BETWEEN event_on AND event_on + window_days, false) AS reached
FROM followed
