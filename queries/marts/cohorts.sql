-- title.it: Coorti dei patti firmati
-- title.en: Cohorts of signed agreements
-- description.it: I patti che aprono una presa in carico: nessun altro patto della persona nei dodici mesi prima. Chi quel giorno lavorava è segnato a parte.
-- description.en: Agreements that open a taking in charge: no other agreement of the person in the twelve months before. Those at work on that day are marked.
-- grain: agreement_id
-- materialize: table
-- column.in_work.it: un periodo di occupazione copre il giorno della firma
-- column.in_work.en: a spell of employment covers the day of signing

WITH signings AS (
  SELECT DISTINCT person_id, signed_on FROM staging.agreements
), spaced AS (
  SELECT person_id, signed_on,
         signed_on - lag(signed_on) OVER (PARTITION BY person_id ORDER BY signed_on) AS since_days
  FROM signings
), lookback AS (
  SELECT value AS days FROM reference.parameters WHERE name = 'first_agreement_days'
), first_agreements AS (
  SELECT a.agreement_id, a.person_id, a.signed_on, a.period, a.path, a.district, a.sex, a.age_band,
         a.citizenship, a.education, a.duration
  FROM marts.agreements a
  JOIN spaced s ON s.person_id = a.person_id AND s.signed_on = a.signed_on
  CROSS JOIN lookback l
  WHERE s.since_days IS NULL OR s.since_days > l.days
  QUALIFY row_number() OVER (PARTITION BY a.person_id, a.signed_on ORDER BY a.agreement_id) = 1
), working AS (
  SELECT DISTINCT f.agreement_id
  FROM first_agreements f
  JOIN marts.employment e ON e.person_id = f.person_id
  WHERE e.start_on <= f.signed_on AND (e.end_on IS NULL OR f.signed_on <= e.end_on)
)
SELECT f.agreement_id, f.person_id, f.signed_on, f.period, w.agreement_id IS NOT NULL AS in_work,
       f.path, f.district, f.sex, f.age_band, f.citizenship, f.education, f.duration
FROM first_agreements f
LEFT JOIN working w ON w.agreement_id = f.agreement_id
