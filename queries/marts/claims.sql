-- title.it: Diritti per iscrizione e per patto
-- title.en: Entitlements by registration and by agreement
-- description.it: Per ogni evento che dà diritto a prestazioni, quali, quali aprono l'anno e quali sono arrivate entro la finestra: un bit per LEP, al posto del suo numero.
-- description.en: For each event that entitles to services, to which, which of them open the year and which came within their window: a bit a LEP, at the place of its number.
-- grain: registration, agreement
-- column.agreement.it: 0: dà diritto l'iscrizione
-- column.agreement.en: 0: the registration entitles

-- A LEP is due once a quarter: to the first registration, or to the first
-- agreement that plans it. A view: only the coverage reads it, and counts before any row is written.
WITH rules AS (
  SELECT l.entitlement_rule, l.measured_by, l.window_days, CAST(n.number AS SMALLINT) AS lep_no, CAST(1 AS BIGINT) << n.number AS bit
  FROM reference.lep l
  JOIN marts.code_numbers n ON n.list = 'lep' AND n.code = l.slug
  WHERE l.beneficiary = 'person' AND l.window_days IS NOT NULL
), masks AS (
  SELECT coalesce(bit_or(CASE WHEN entitlement_rule = 'every' THEN bit END), 0) AS always,
         coalesce(bit_or(CASE WHEN entitlement_rule = 'planned' THEN bit END), 0) AS if_planned,
         coalesce(bit_or(CASE WHEN entitlement_rule = 'fragility' THEN bit END), 0) AS if_fragile,
         (SELECT value FROM reference.parameters WHERE name = 'fragility_threshold') AS threshold
  FROM rules
), profiled AS (
  -- what is profiled so many days after is in time for these
  SELECT d.day, bit_or(r.bit) AS reached
  FROM (SELECT CAST(unnest(generate_series(0, max(window_days))) AS INTEGER) AS day FROM rules) d
  JOIN rules r ON r.entitlement_rule = 'every' AND r.measured_by = 'profiling' AND r.window_days >= d.day
  GROUP BY d.day
), asked AS (
  SELECT agreement, several, place, person, signed_on, quarter_no, due
  FROM (
    SELECT a.agreement, a.several, a.place, a.person, a.signed_on, a.quarter_no,
           (a.planned & m.if_planned) | CASE WHEN a.fragility_score >= m.threshold THEN m.if_fragile ELSE 0 END AS due
    FROM marts.signings a
    CROSS JOIN masks m
    WHERE a.registration IS NOT NULL
  ) d
  WHERE due <> 0
), agreed AS (
  -- only who has several agreements is put in order
  SELECT agreement, person, signed_on, due, due AS opens
  FROM asked
  WHERE NOT several
  UNION ALL
  SELECT agreement, any_value(person), any_value(signed_on), bit_or(bit), coalesce(bit_or(CASE WHEN earlier_no IS NULL OR earlier_no // 4 < quarter_no // 4 THEN bit END), 0)
  FROM (
    SELECT a.agreement, a.person, a.signed_on, a.quarter_no, r.bit, lag(a.quarter_no) OVER (PARTITION BY a.person, r.lep_no ORDER BY a.place) AS earlier_no
    FROM asked a
    JOIN rules r ON (a.due >> r.lep_no) & 1 = 1
    WHERE a.several
  ) p
  WHERE earlier_no IS NULL OR earlier_no < quarter_no
  GROUP BY agreement
), served AS (
  SELECT e.agreement, bit_or(r.bit) AS reached
  FROM marts.deeds b
  JOIN rules r ON r.lep_no = b.lep_no AND r.entitlement_rule <> 'every' AND r.measured_by <> 'profiling'
  JOIN agreed e ON e.person = b.person AND b.started_on >= e.signed_on AND b.started_on <= e.signed_on + r.window_days
  GROUP BY e.agreement
)
SELECT f.registration, CAST(0 AS UBIGINT) AS agreement, f.quarter_no, m.always AS due, CASE WHEN f.opens_year THEN m.always ELSE 0 END AS opens,
       coalesce(b.reached, 0) | coalesce(p.reached, 0) AS reached,
       f.district_no, f.traits
FROM marts.firsts f
CROSS JOIN masks m
LEFT JOIN marts.received b ON b.registration = f.registration
LEFT JOIN profiled p ON p.day = f.profiled_on - f.registered_on
WHERE m.always <> 0
UNION ALL
SELECT a.registration, e.agreement, a.quarter_no, e.due, e.opens, e.due & coalesce(b.reached, 0),
       a.district_no, a.traits
FROM agreed e
JOIN marts.signings a ON a.agreement = e.agreement
LEFT JOIN served b ON b.agreement = e.agreement
