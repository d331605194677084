-- What was erased of what deliveries: how many rows, when and why, and nothing
-- of what stood in them. accepted − rows erased = rows of the raw table.
CREATE TABLE ledger.erasures (
  seq       INTEGER NOT NULL,         -- one for all that was asked for at once
  kind      VARCHAR NOT NULL CHECK (kind IN ('person', 'delivery', 'archive', 'rekey')),
  load_id   INTEGER,                  -- of the delivery; NULL of a new key
  last_load INTEGER NOT NULL,         -- deliveries up to this one were there
  rows      BIGINT NOT NULL,          -- erased of its accepted rows; 0 of its copy in the archive
  reason    VARCHAR NOT NULL,
  erased_on DATE NOT NULL,
  CHECK ((load_id IS NULL) = (kind = 'rekey'))
);
-- Persons whose rows are turned away should a supplier send them again.
CREATE TABLE ledger.forgotten (person VARCHAR PRIMARY KEY);
-- Which key made the pseudonyms of this warehouse, as its fingerprint. At most one row.
CREATE TABLE ledger.pseudonyms (key VARCHAR NOT NULL);
-- A row stands here from the moment that something is erased until the file
-- has been written anew: what was erased may still lie in its free parts.
CREATE TABLE main.unscrubbed (since DATE NOT NULL);

-- A delivery that was erased counts no more: an older one of its period does,
-- and without one the period was not delivered.
CREATE OR REPLACE VIEW ledger.current_loads AS
SELECT load_id, source, contract, period, issued_at,
       row_number() OVER (ORDER BY issued_at, sha256) AS issue_order
FROM ledger.deliveries
WHERE load_id NOT IN (SELECT load_id FROM ledger.erasures WHERE kind = 'delivery')
QUALIFY mode = 'incremental'
     OR row_number() OVER (PARTITION BY source, period, mode ORDER BY issued_at DESC) = 1;
CREATE OR REPLACE VIEW ledger.completeness AS
WITH periods AS (
  SELECT DISTINCT contract, period_from, period_to FROM ledger.deliveries
  WHERE period_to IS NOT NULL AND load_id NOT IN (SELECT load_id FROM ledger.erasures WHERE kind = 'delivery')
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
