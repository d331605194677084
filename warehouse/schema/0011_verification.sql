-- How far each code and each place was checked: found, derived, proposal or
-- memory, as the other lists say it. LoadReference refuses a row without.
ALTER TABLE reference.codes ADD COLUMN verification VARCHAR;
ALTER TABLE reference.geo ADD COLUMN verification VARCHAR;
ALTER TABLE reference.cpi ADD COLUMN verification VARCHAR;
ALTER TABLE reference.comuni ADD COLUMN verification VARCHAR;
DELETE FROM main.reference_sum;
