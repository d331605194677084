-- title.it: Periodi dei passi dopo l'iscrizione
-- title.en: Periods of the steps after registration
-- description.it: Se un periodo è stato seguito per tutto il termine in ogni fonte, altrimenti perché no.
-- description.en: Whether a period was followed for the whole term in every source, and why not if it was not.
-- grain: period_type, period

-- Steps are compared with one another, so all wait for the slowest source.
WITH term AS (
  SELECT CAST(value AS INTEGER) AS days FROM reference.parameters WHERE name = 'funnel_days'
)
SELECT s.period_type, s.period,
       CASE WHEN bool_or(s.begins_before) THEN 'source_gap'
            WHEN NOT bool_and(coalesce(s.settled_days >= t.days, false)) THEN 'not_observable'
       END AS reason
FROM marts.period_sources s
CROSS JOIN term t
WHERE s.contract IN ('registrations', 'services', 'agreements', 'placements')
GROUP BY s.period_type, s.period
