-- title.it: Coorti dei patti firmati
-- title.en: Cohorts of signed agreements
-- description.it: I patti che aprono una presa in carico: nessun altro patto della persona nei dodici mesi prima. Nessuno ne apre due in un trimestre o in un anno.
-- description.en: Agreements that open a taking in charge: no other agreement of the person in the twelve months before. Nobody opens two in a quarter or in a year.
-- grain: agreement_id
-- materialize: table
-- column.left_on.it: giorno della chiusura dell'iscrizione per decesso, pensione o trasferimento, se non precede la firma
-- column.left_on.en: day on which the registration was closed by death, retirement or moving away, unless before the signature

WITH signings AS (
  SELECT DISTINCT hash(person_id) AS person, signed_on FROM staging.agreements
), spaced AS (
  SELECT person, signed_on,
         signed_on - lag(signed_on) OVER (PARTITION BY person ORDER BY signed_on) AS since_days
  FROM signings
), lookback AS (
  SELECT value AS days FROM reference.parameters WHERE name = 'first_agreement_days'
), first_agreements AS (
  SELECT a.agreement_id, a.agreement, a.person_id, a.person, a.registration, a.signed_on, a.period, a.path, a.programme, a.district, a.sex, a.age_band,
         a.citizenship, a.education, a.duration, a.profile
  FROM marts.agreements a
  JOIN spaced s ON s.person = a.person AND s.signed_on = a.signed_on
  CROSS JOIN lookback l
  WHERE s.since_days IS NULL OR s.since_days > l.days
  QUALIFY row_number() OVER (PARTITION BY a.person, a.signed_on ORDER BY a.agreement_id) = 1
)
SELECT f.agreement_id, f.agreement, f.person_id, f.person, f.signed_on, f.period,
       CAST(year(f.signed_on) AS VARCHAR) AS period_year,
       f.path, f.programme, f.district, f.sex, f.age_band, f.citizenship, f.education, f.duration, f.profile,
       CASE WHEN r.close_reason IN ('death', 'retirement', 'moved_out') AND r.closed_on >= f.signed_on THEN r.closed_on END AS left_on,
       CASE WHEN r.close_reason IN ('death', 'retirement', 'moved_out') AND r.closed_on >= f.signed_on THEN r.close_reason END AS left_by
FROM first_agreements f
JOIN marts.registrations r ON r.registration = f.registration
