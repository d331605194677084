-- title.it: Stato degli esiti per periodo
-- title.en: State of outcomes by period
-- description.it: Per ogni misura e periodo: perché non è ancora osservabile, o vuoto se lo è. Un periodo è osservabile quando lo è per tutti i suoi membri.
-- description.en: For each measure and period: why it cannot be observed yet, or empty where it can. A period is observable when it is for all its members.
-- grain: indicator, measure, period_type, period
-- materialize: table

-- Some sources make the cohort and must be settled to the end of the period;
-- communications follow it and must be settled to the horizon of its last day.
WITH reads (indicator, contract, followed) AS (
  SELECT i.indicator, r.contract, r.contract = 'placements'
  FROM (VALUES ('out_employed'), ('out_ever'), ('out_stable'), ('out_days'), ('out_upgrade')) AS i (indicator)
  CROSS JOIN (VALUES ('registrations'), ('agreements'), ('placements')) AS r (contract)
  UNION ALL
  SELECT 'out_after_exit', r.contract, r.contract = 'placements'
  FROM (VALUES ('registrations'), ('services'), ('placements')) AS r (contract)
)
SELECT h.indicator, h.measure, s.period_type, s.period,
       CASE WHEN bool_or(s.begins_before) THEN 'source_gap'
            WHEN NOT bool_and(coalesce(s.settled_days >= CASE WHEN r.followed THEN h.days ELSE 0 END, false)) THEN 'not_observable'
       END AS reason
FROM reference.horizons h
JOIN reads r ON r.indicator = h.indicator
JOIN marts.period_sources s ON s.contract = r.contract
GROUP BY h.indicator, h.measure, s.period_type, s.period
