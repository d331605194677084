-- The ledger: what came, what became of it. Nothing here is ever deleted.
CREATE SCHEMA IF NOT EXISTS ledger;
CREATE SCHEMA IF NOT EXISTS raw;
CREATE SCHEMA IF NOT EXISTS reference;
CREATE SCHEMA IF NOT EXISTS staging;
CREATE SCHEMA IF NOT EXISTS marts;
CREATE SCHEMA IF NOT EXISTS cubes;
CREATE SCHEMA IF NOT EXISTS published;

CREATE SEQUENCE ledger.load_id START 1;

-- One row per accepted delivery. accepted + quarantined + superseded = rows.
CREATE TABLE ledger.deliveries (
  load_id      INTEGER PRIMARY KEY,
  source       VARCHAR NOT NULL,      -- name of the source in the configuration
  contract     VARCHAR NOT NULL,      -- registrations, services, …
  protection   VARCHAR NOT NULL,      -- personal, establishment, open
  period       VARCHAR NOT NULL,      -- "2026-Q3", "2026-09", "2026", "all"
  period_from  DATE,                  -- first day of the period, NULL for "all"
  period_to    DATE,                  -- day after its last day
  issued_at    TIMESTAMP NOT NULL,
  mode         VARCHAR NOT NULL CHECK (mode IN ('full', 'incremental')),
  synthetic    BOOLEAN NOT NULL,
  file         VARCHAR NOT NULL,      -- base name
  sha256       VARCHAR NOT NULL UNIQUE,
  bytes        BIGINT NOT NULL,
  rows         BIGINT NOT NULL,
  accepted     BIGINT NOT NULL,
  quarantined  BIGINT NOT NULL,
  superseded   BIGINT NOT NULL,
  loaded_at    TIMESTAMP NOT NULL,
  UNIQUE (source, period, issued_at),
  CHECK (accepted + quarantined + superseded = rows)
);

-- One row per quarantined row of a delivery. shape is the shape of the value
-- ("letters(7)"), never the value.
CREATE TABLE ledger.quarantine (
  load_id  INTEGER NOT NULL,
  line     BIGINT NOT NULL,
  "column" VARCHAR,
  rule     VARCHAR NOT NULL,
  shape    VARCHAR
);

-- The loads that count now: of full deliveries the latest of each source and
-- period, of incremental ones all.
CREATE VIEW ledger.current_loads AS
SELECT load_id, source, contract, period, issued_at
FROM ledger.deliveries
QUALIFY mode = 'incremental'
     OR row_number() OVER (PARTITION BY source, period, mode ORDER BY issued_at DESC) = 1;

-- Up to which day each contract is complete: the end of the run of periods
-- without a gap that starts with the first delivery.
CREATE VIEW ledger.completeness AS
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
       CAST(coalesce(any_value(b.first_gap), max(p.period_to)) - INTERVAL 1 DAY AS DATE) AS complete_to
FROM periods p LEFT JOIN broken b ON b.contract = p.contract
GROUP BY p.contract;
