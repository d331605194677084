-- title.it: Persone in GOL a fine trimestre
-- title.en: Persons in GOL at the end of the quarter
-- description.it: Una riga per persona e trimestre: chi l'ultimo giorno è nel programma da abbastanza tempo, e se quel giorno lavora con un lavoro cominciato dopo l'ingresso o solo con uno di prima.
-- description.en: One row per person and quarter: who on its last day has been in the programme for long enough, and whether she is in work that day in a job begun after entry or only in one from before.
-- grain: person_id, period
-- materialize: table

WITH least AS (
  SELECT CAST(value AS INTEGER) AS days FROM reference.parameters WHERE name = 'gol_stock_days'
), present AS (
  SELECT a.person_id, p.period, p.last_day, a.signed_on, a.district, a.path
  FROM marts.agreements a
  CROSS JOIN least l
  JOIN marts.periods p ON p.period_type = 'quarter' AND p.last_day - l.days >= a.signed_on AND (a.closed_on IS NULL OR a.closed_on >= p.last_day)
  WHERE a.programme = 'gol'
  QUALIFY row_number() OVER (PARTITION BY a.person_id, p.period ORDER BY a.signed_on, a.agreement_id) = 1
), working AS (
  SELECT n.person_id, n.period, bool_or(s.start_on > n.signed_on) AS after_entry
  FROM present n
  JOIN marts.spells s ON s.person_id = n.person_id AND s.start_on <= n.last_day AND (s.end_on IS NULL OR s.end_on >= n.last_day)
  WHERE s.qualifying AND NOT s.stale
  GROUP BY n.person_id, n.period
)
SELECT n.person_id, n.period, n.district, n.path,
       coalesce(w.after_entry, false) AS employed_after_entry, coalesce(NOT w.after_entry, false) AS employed_before_entry
FROM present n
LEFT JOIN working w ON w.person_id = n.person_id AND w.period = n.period
