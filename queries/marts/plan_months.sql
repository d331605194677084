-- title.it: Stato del potenziamento a fine mese
-- title.en: State of the strengthening at the end of a month
-- description.it: Per territorio del centro per l'impiego, mese, linea e programma: posti, interventi e importi com'erano a fine mese.
-- description.en: By territory of the employment centre, month, line and programme: posts, works and amounts as they were at the end of the month.
-- grain: district, month, line, plan_programme
-- materialize: table
-- column.month.it: mese, per esempio 2026-03
-- column.month.en: month, such as 2026-03

-- What a row does not state is not there: no posts, no works, no money. Whether
-- staff was trained may be told by nobody: then it is NULL. Euros are kept to the
-- cent, whatever the order they were added in.
SELECT k.geo AS district, s.month, s.plan_line AS line, s.programme AS plan_programme,
       CAST(coalesce(sum(s.assigned), 0) AS BIGINT) AS assigned, CAST(coalesce(sum(s.filled), 0) AS BIGINT) AS filled,
       CAST(coalesce(sum(s.planned_works), 0) AS BIGINT) AS planned_works,
       CAST(coalesce(sum(s.completed_works), 0) AS BIGINT) AS completed_works,
       round(coalesce(sum(s.allocated_eur), 0), 2) AS allocated_eur, round(coalesce(sum(s.committed_eur), 0), 2) AS committed_eur,
       round(coalesce(sum(s.paid_eur), 0), 2) AS paid_eur, CAST(sum(s.staff_trained) AS BIGINT) AS staff_trained
FROM staging.centres s
JOIN reference.cpi k ON k.cpi = s.cpi
GROUP BY ALL
