-- A source has stopped coming: its last complete day lies more than check_source_late_days (and, for a source that comes less often than by quarter, its own longer pace) before that of the newest source. Ask the supplier for the missing periods, or sign that the release goes out without them.
-- severity: stop

WITH pace AS (
  -- a yearly source is not late because others come each quarter
  SELECT contract, max(period_to - period_from) AS days
  FROM ledger.deliveries
  WHERE period_to IS NOT NULL
  GROUP BY contract
), newest AS (
  SELECT max(complete_to) AS day FROM marts.completeness
)
SELECT c.contract, c.complete_to, n.day AS newest
FROM marts.completeness c
JOIN pace p ON p.contract = c.contract
JOIN reference.parameters l ON l.name = 'check_source_late_days'
CROSS JOIN newest n
WHERE n.day - c.complete_to > l.value + greatest(p.days - 92, 0)
