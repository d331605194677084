-- title.it: Esiti occupazionali
-- title.en: Employment outcomes
-- description.it: Una riga per patto della coorte: se la persona lavorava quel giorno, se lavora a ogni orizzonte, quanti giorni ha lavorato e quando e come è cominciato il primo lavoro dopo la firma.
-- description.en: One row per agreement of the cohort: whether the person was in work that day and at each horizon, how many days she worked, and when and how the first job after signing began.
-- grain: agreement_id
-- column.in_work.it: un periodo di occupazione copre il giorno della firma
-- column.in_work.en: a stretch of employment covers the day of signing
-- column.precarious.it: in quel giorno lavora, ma nessun rapporto è a tempo indeterminato o di apprendistato
-- column.precarious.en: in work that day, but no relationship is open-ended or an apprenticeship
-- column.worked_days.it: giorni di occupazione fra il giorno dopo la firma e l'ultimo dell'orizzonte
-- column.worked_days.en: days of employment between the day after signing and the last one of the horizon
-- column.job_after_days.it: giorni dalla firma all'avviamento del primo lavoro, entro l'anno
-- column.job_after_days.en: days from signing to the start of the first job, within the year
-- column.gone_after_days.it: giorni dalla firma al decesso o alla pensione, secondo la chiusura dell'iscrizione
-- column.gone_after_days.en: days from signing to death or retirement, as the registration was closed
-- column.stable.it: quel primo lavoro è a tempo indeterminato, apprendistato o dura almeno i giorni della soglia
-- column.stable.en: that first job is open-ended, an apprenticeship or lasts at least the days of the threshold

-- For reading: counts ask marts.followed.
SELECT c.agreement_id, f.signed_on, f.in_work, f.precarious, f.employed_30, f.employed_90, f.employed_180, f.employed_365, f.employed_730,
       f.worked_days, f.job_after_days, f.ever_90, f.ever_180, f.ever_365, f.placed, f.stable, f.open_ended_180, f.open_ended_365,
       f.gone_after_days, f.moved_after_days,
       c.period, c.period_year, c.district, c.sex, c.age_band, c.citizenship, c.education, c.duration, c.profile, c.path, c.programme
FROM marts.followed f
JOIN marts.cohorts c ON c.agreement = f.agreement
