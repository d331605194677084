-- Code lists and territory, versioned with validity; filled from
-- warehouse/reference/*.csv and the instance's geography.
CREATE TABLE reference.geo (
  code VARCHAR PRIMARY KEY, level VARCHAR NOT NULL, name_it VARCHAR NOT NULL, name_en VARCHAR NOT NULL,
  slug VARCHAR NOT NULL, short VARCHAR, istat VARCHAR, boundary VARCHAR,
  tile_x INTEGER, tile_y INTEGER, position INTEGER NOT NULL,
  valid_from DATE, valid_to DATE, source VARCHAR NOT NULL
);
CREATE TABLE reference.geo_levels (
  level VARCHAR PRIMARY KEY, name_it VARCHAR NOT NULL, name_en VARCHAR NOT NULL,
  plural_it VARCHAR NOT NULL, plural_en VARCHAR NOT NULL, position INTEGER NOT NULL, page BOOLEAN NOT NULL
);
-- One row per territory and each territory that contains it (all levels, not
-- only the next one): a district has its province, its AUSL and its region.
CREATE TABLE reference.geo_parent (code VARCHAR NOT NULL, parent VARCHAR NOT NULL, PRIMARY KEY (code, parent));
CREATE TABLE reference.comuni (
  comune VARCHAR NOT NULL, name VARCHAR NOT NULL, geo VARCHAR NOT NULL, cpi VARCHAR,
  valid_from DATE, valid_to DATE, source VARCHAR NOT NULL, PRIMARY KEY (comune)
);
CREATE TABLE reference.cpi (cpi VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, geo VARCHAR NOT NULL, valid_from DATE, valid_to DATE, source VARCHAR NOT NULL);
-- beneficiary: person, employer. entitlement_event: registration, agreement,
-- none. entitlement_rule: every, planned, fragility, no_rule. measured_by:
-- service, profiling. verification: found, derived, proposal, memory.
CREATE TABLE reference.lep (
  slug VARCHAR PRIMARY KEY, letter VARCHAR NOT NULL, title_it VARCHAR NOT NULL, title_en VARCHAR NOT NULL,
  beneficiary VARCHAR NOT NULL, entitlement_event VARCHAR NOT NULL, entitlement_rule VARCHAR NOT NULL,
  measured_by VARCHAR NOT NULL, window_days INTEGER, position INTEGER NOT NULL,
  valid_from DATE, valid_to DATE, source VARCHAR NOT NULL, verification VARCHAR NOT NULL
);
-- contract_group: open_ended, fixed_term, apprenticeship, intermittent, domestic,
-- agency, parasubordinate, other, traineeship. qualifying: counts as employment.
CREATE TABLE reference.contracts (
  code VARCHAR PRIMARY KEY, label_it VARCHAR NOT NULL, label_en VARCHAR NOT NULL,
  contract_group VARCHAR NOT NULL, qualifying BOOLEAN NOT NULL,
  valid_from DATE, valid_to DATE, source VARCHAR NOT NULL, verification VARCHAR NOT NULL
);
-- Numbers that a definition needs: lags, thresholds, horizons.
CREATE TABLE reference.parameters (
  name VARCHAR PRIMARY KEY, value DOUBLE NOT NULL, unit VARCHAR NOT NULL,
  valid_from DATE, source VARCHAR NOT NULL, verification VARCHAR NOT NULL
);
-- Primary rules of disclosure control by policy (the key "rules" of a view).
CREATE TABLE reference.disclosure_rules (
  policy VARCHAR PRIMARY KEY, threshold INTEGER NOT NULL, protect_complement BOOLEAN NOT NULL,
  min_denominator INTEGER NOT NULL, valid_from DATE, source VARCHAR NOT NULL, verification VARCHAR NOT NULL
);
-- Small code lists of breakdown columns: list is the column's name.
CREATE TABLE reference.codes (
  list VARCHAR NOT NULL, code VARCHAR NOT NULL, label_it VARCHAR NOT NULL, label_en VARCHAR NOT NULL,
  position INTEGER NOT NULL, source VARCHAR NOT NULL, PRIMARY KEY (list, code)
);
-- Footnotes and anomalies of sources, by id; applies_to holds views parted by |.
CREATE TABLE reference.notes (id VARCHAR PRIMARY KEY, text_it VARCHAR NOT NULL, text_en VARCHAR NOT NULL, applies_to VARCHAR);
-- Dated targets of plans.
CREATE TABLE reference.targets (
  target VARCHAR NOT NULL, geo VARCHAR NOT NULL, due_on DATE NOT NULL, value DOUBLE NOT NULL, unit VARCHAR NOT NULL,
  label_it VARCHAR NOT NULL, label_en VARCHAR NOT NULL, source VARCHAR NOT NULL, verification VARCHAR NOT NULL,
  PRIMARY KEY (target, geo, due_on)
);
