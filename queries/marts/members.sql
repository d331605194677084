-- title.it: Coorti in numeri
-- title.en: Cohorts in numbers
-- description.it: Quello che i conteggi chiedono dei patti che aprono una presa in carico: chiavi brevi, giorni e numeri al posto dei nomi (marts.cohorts li dice per esteso).
-- description.en: What counts ask of the agreements that open a taking in charge: short keys, days, and numbers in the place of names (marts.cohorts spells them out).
-- grain: agreement
-- column.gone_on.it: giorno della chiusura dell'iscrizione per decesso o pensione, se non precede la firma
-- column.gone_on.en: day on which the registration was closed by death or retirement, unless before the signature
-- column.moved_on.it: giorno della chiusura per trasferimento, se non precede la firma
-- column.moved_on.en: day on which it was closed by moving away, unless before the signature

-- Only persons with more than one agreement are put in order.
WITH lookback AS (
  SELECT value AS days FROM reference.parameters WHERE name = 'first_agreement_days'
), days AS (
  SELECT DISTINCT person, signed_on FROM marts.signings WHERE several
), spaced AS (
  SELECT person, signed_on,
         signed_on - lag(signed_on) OVER (PARTITION BY person ORDER BY signed_on) AS since_days
  FROM days
), opened AS (
  -- of several of one day the first by identifier
  SELECT agreement
  FROM (
    SELECT a.agreement, row_number() OVER (PARTITION BY a.person, a.signed_on ORDER BY a.place) AS place
    FROM marts.signings a
    JOIN spaced s ON s.person = a.person AND s.signed_on = a.signed_on
    CROSS JOIN lookback l
    WHERE a.several AND a.registration IS NOT NULL AND (s.since_days IS NULL OR s.since_days > l.days)
  ) f
  WHERE place = 1
), left_region AS (
  SELECT registration, closed_on, close_reason = 'moved_out' AS moved
  FROM marts.entries
  WHERE close_reason IN ('death', 'retirement', 'moved_out')
)
SELECT a.agreement, a.person, a.signed_on, a.quarter_no, a.district_no, a.traits, a.path_no, a.programme_no,
       CASE WHEN NOT r.moved AND r.closed_on >= a.signed_on THEN r.closed_on END AS gone_on,
       CASE WHEN r.moved AND r.closed_on >= a.signed_on THEN r.closed_on END AS moved_on
FROM marts.signings a
LEFT JOIN opened o ON o.agreement = a.agreement
LEFT JOIN left_region r ON r.registration = a.registration
WHERE a.registration IS NOT NULL AND (NOT a.several OR o.agreement IS NOT NULL)
