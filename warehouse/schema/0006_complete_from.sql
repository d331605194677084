-- The days between which each contract is complete: from the first day of its
-- first delivery to the end of the run of periods without a gap that starts
-- there. It tells nothing about rows, so open views may read it.
CREATE OR REPLACE VIEW ledger.completeness AS
WITH periods AS (
  SELECT DISTINCT contract, period_from, period_to FROM ledger.deliveries WHERE period_to IS NOT NULL
), reach AS (
  SELECT contract, period_from, period_to,
         max(period_to) OVER (PARTITION BY contract ORDER BY period_from, period_to
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_to
  FROM periods
), broken AS (
  SELECT contract, min(covered_to) AS first_gap FROM reach WHERE period_from > covered_to GROUP BY contract
)
SELECT p.contract,
       CAST(coalesce(any_value(b.first_gap), max(p.period_to)) - INTERVAL 1 DAY AS DATE) AS complete_to,
       min(p.period_from) AS complete_from
FROM periods p LEFT JOIN broken b ON b.contract = p.contract
GROUP BY p.contract;
