-- title.it: Diritti ai LEP in numeri
-- title.en: Entitlements to LEP in numbers
-- description.it: Quello che i conteggi chiedono di ogni diritto: giorni e numeri al posto dei nomi (marts.entitlements li dice per esteso).
-- description.en: What counts ask of each entitlement: days, and numbers in the place of names (marts.entitlements spells them out).
-- grain: lep_no, registration, quarter_no

-- A view: only the coverage reads it, and counts before any row is written.
WITH rules AS (
  SELECT l.slug AS lep, l.entitlement_rule, l.measured_by, l.window_days, CAST(n.number AS SMALLINT) AS lep_no
  FROM reference.lep l
  JOIN marts.code_numbers n ON n.list = 'lep' AND n.code = l.slug
  WHERE l.beneficiary = 'person' AND l.window_days IS NOT NULL
), fragile AS (
  SELECT value AS threshold FROM reference.parameters WHERE name = 'fragility_threshold'
), begun AS (
  SELECT a.person, u.lep_no, u.entitlement_rule, a.started_on
  FROM marts.deeds a
  JOIN rules u ON u.lep_no = a.lep_no
  WHERE a.person IS NOT NULL AND u.measured_by <> 'profiling'
), asked AS (
  SELECT a.agreement, a.several, a.place, a.person, a.signed_on, a.quarter_no, u.lep_no
  FROM marts.signings a
  CROSS JOIN fragile t
  JOIN rules u
    ON u.entitlement_rule = 'planned' AND (a.planned >> u.lep_no) & 1 = 1
    OR u.entitlement_rule = 'fragility' AND a.fragility_score >= t.threshold
  WHERE a.registration IS NOT NULL
), agreed AS (
  -- only who has several agreements is put in order
  SELECT agreement, person, lep_no, signed_on, true AS opens_year
  FROM asked
  WHERE NOT several
  UNION ALL
  SELECT agreement, person, lep_no, signed_on, earlier_no IS NULL OR earlier_no // 4 < quarter_no // 4
  FROM (
    SELECT agreement, person, lep_no, signed_on, quarter_no, lag(quarter_no) OVER (PARTITION BY person, lep_no ORDER BY place) AS earlier_no
    FROM asked
    WHERE several
  ) p
  WHERE earlier_no IS NULL OR earlier_no < quarter_no
), received AS (
  -- the first activity on or after the event decides: a later one can only be
  -- further away. It is looked for among the few of the same person.
  SELECT f.registration, b.lep_no, min(b.started_on) AS reached_on
  FROM begun b
  JOIN marts.firsts f ON f.person = b.person AND f.registered_on <= b.started_on
  WHERE b.entitlement_rule = 'every'
  GROUP BY f.registration, b.lep_no
), served AS (
  SELECT e.agreement, e.lep_no, min(b.started_on) AS reached_on
  FROM begun b
  JOIN agreed e ON e.person = b.person AND e.lep_no = b.lep_no AND e.signed_on <= b.started_on
  GROUP BY e.agreement, e.lep_no
), followed AS (
  -- the first registration of the quarter is the same for every LEP that is
  -- due to each registration, so it is found once
  SELECT u.lep_no, f.registration, NULL AS agreement, f.quarter_no, f.opens_year, f.registered_on AS event_on, u.window_days,
         CASE WHEN u.measured_by = 'profiling' THEN f.profiled_on ELSE b.reached_on END AS reached_on,
         f.district_no, f.traits
  FROM marts.firsts f
  CROSS JOIN rules u
  LEFT JOIN received b ON b.registration = f.registration AND b.lep_no = u.lep_no
  WHERE u.entitlement_rule = 'every'
  UNION ALL
  SELECT u.lep_no, a.registration, e.agreement, a.quarter_no, e.opens_year, a.signed_on, u.window_days,
         CASE WHEN u.measured_by <> 'profiling' THEN b.reached_on END,
         a.district_no, a.traits
  FROM agreed e
  JOIN rules u ON u.lep_no = e.lep_no
  JOIN marts.signings a ON a.agreement = e.agreement
  LEFT JOIN served b ON b.agreement = e.agreement AND b.lep_no = e.lep_no
)
SELECT lep_no, registration, agreement, quarter_no, opens_year, event_on, reached_on,
       coalesce(reached_on BETWEEN event_on AND event_on + window_days, false) AS reached,
       district_no, traits
FROM followed
