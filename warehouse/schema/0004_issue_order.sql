-- issue_order numbers the loads that count by date of issue, and those of one
-- moment by checksum: of two versions of a row the later is known without
-- asking which delivery arrived first.
CREATE OR REPLACE VIEW ledger.current_loads AS
SELECT load_id, source, contract, period, issued_at,
       row_number() OVER (ORDER BY issued_at, sha256) AS issue_order
FROM ledger.deliveries
QUALIFY mode = 'incremental'
     OR row_number() OVER (PARTITION BY source, period, mode ORDER BY issued_at DESC) = 1;
