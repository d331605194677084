-- title.it: Coorti dei patti firmati
-- title.en: Cohorts of signed agreements
-- description.it: I patti che aprono una presa in carico: nessun altro patto della persona nei dodici mesi prima. Nessuno ne apre due in un trimestre o in un anno.
-- description.en: Agreements that open a taking in charge: no other agreement of the person in the twelve months before. Nobody opens two in a quarter or in a year.
-- grain: agreement_id
-- column.left_on.it: giorno della chiusura dell'iscrizione per decesso, pensione o trasferimento, se non precede la firma
-- column.left_on.en: day on which the registration was closed by death, retirement or moving away, unless before the signature

-- For reading: counts ask marts.members.
SELECT a.agreement_id, a.agreement, a.person_id, a.person, a.signed_on, a.period, CAST(year(a.signed_on) AS VARCHAR) AS period_year,
       a.path, a.programme, a.district, a.sex, a.age_band, a.citizenship, a.education, a.duration, a.profile,
       coalesce(m.gone_on, m.moved_on) AS left_on, CASE WHEN coalesce(m.gone_on, m.moved_on) IS NOT NULL THEN r.close_reason END AS left_by
FROM marts.members m
JOIN marts.agreements a ON a.agreement = m.agreement
JOIN marts.registrations r ON r.registration = a.registration
