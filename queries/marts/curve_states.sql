-- title.it: Stato delle curve
-- title.en: State of the curves
-- description.it: Per ogni curva (attesa del patto, tempo fino al lavoro) e periodo, fin dove è nota: i giorni per cui l'intero periodo è stato seguito, e se una fonte comincia dopo.
-- description.en: For each curve (waiting for the agreement, time to a job) and period, how far it is known: the days that the whole period was followed for, and whether a source begins later.
-- grain: curve, period_type, period
-- column.span.it: giorni fra il primo e l'ultimo del periodo
-- column.span.en: days between the first and the last of the period
-- column.settled_days.it: giorni dopo l'ultimo del periodo per cui ogni fonte letta è assestata; vuoto se una non è mai arrivata
-- column.settled_days.en: days after the last of the period for which every source read is settled; empty if one never came

WITH curves (curve, curve_no, median, contracts) AS (
  VALUES ('lep_wait', 1, 'agreement_median', ['registrations', 'agreements']),
         ('out_time_to_job', 2, 'job_median', ['registrations', 'agreements', 'placements'])
)
SELECT c.curve, c.curve_no, c.median, s.period_type, s.period, p.number AS period_no, s.last_day - s.first_day AS span,
       coalesce(bool_or(s.begins_before), false) AS has_gap,
       CASE WHEN count(s.settled_days) = count(*) THEN min(s.settled_days) END AS settled_days
FROM curves c
JOIN marts.period_sources s ON list_contains(c.contracts, s.contract)
JOIN marts.periods p ON p.period_type = s.period_type AND p.period = s.period
GROUP BY c.curve, c.curve_no, c.median, s.period_type, s.period, p.number, s.first_day, s.last_day
