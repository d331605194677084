-- The hash of the lists that the reference tables were filled from, so that
-- opening a warehouse does not write them anew each time. At most one row.
CREATE TABLE main.reference_sum (sha256 VARCHAR NOT NULL);
