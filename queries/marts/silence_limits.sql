-- title.it: Fin quando un rapporto aperto è creduto in corso
-- title.en: How long an open relationship is believed to run
-- description.it: Una sola riga: ciò che i parametri dicono di un rapporto senza fine comunicata.
-- description.en: One row: what parameters say of a relationship without a reported end.
-- grain: last_silent_year
-- column.last_silent_year.it: l'ultimo anno prima che le comunicazioni fossero obbligatorie: ciò di cui da allora non si sa nulla non è creduto in corso
-- column.last_silent_year.en: the last year before communications were compulsory: what nothing was heard of since is not believed to run
-- column.too_old.it: età in cui di un lavoro deve essersi saputo qualcosa
-- column.too_old.en: age at which something must have been heard of a job
-- column.planned_if_missing.it: senza cessazione vale il termine previsto
-- column.planned_if_missing.en: without a cessation the planned end holds

SELECT c.complete_to,
       (SELECT value - 1 FROM reference.parameters WHERE name = 'stale_start_year') AS last_silent_year,
       (SELECT value FROM reference.parameters WHERE name = 'stale_age') AS too_old,
       (SELECT value = 1 FROM reference.parameters WHERE name = 'end_rule') AS planned_if_missing
FROM marts.completeness c
WHERE c.contract = 'placements'
