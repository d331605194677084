-- Horizons of indicators, and the codes and breaks of the standards that the
-- archives are written in.

-- A municipality with several employment centres has no territory of its own:
-- the supplier's centre tells which one a row belongs to.
DROP TABLE reference.comuni;
CREATE TABLE reference.comuni (
  comune VARCHAR NOT NULL, name VARCHAR NOT NULL, geo VARCHAR, cpi VARCHAR,
  valid_from DATE, valid_to DATE, source VARCHAR NOT NULL, PRIMARY KEY (comune)
);
-- Days after the event at which a measure of an indicator is taken.
CREATE TABLE reference.horizons (
  indicator VARCHAR NOT NULL, measure VARCHAR NOT NULL, days INTEGER NOT NULL,
  source VARCHAR NOT NULL, verification VARCHAR NOT NULL, PRIMARY KEY (indicator, measure)
);
-- Codes of transformations of a working relationship. stabilises: it becomes
-- open-ended. keeps_plan: the planned end stays what it was.
CREATE TABLE reference.transformations (
  code VARCHAR PRIMARY KEY, label_it VARCHAR NOT NULL, label_en VARCHAR NOT NULL,
  stabilises BOOLEAN NOT NULL, keeps_plan BOOLEAN NOT NULL,
  valid_from DATE, valid_to DATE, source VARCHAR NOT NULL, verification VARCHAR NOT NULL
);
-- Codes of the reason for which a relationship ended. cessation_group: expiry,
-- resignation, dismissal, retirement, death, agreement, other.
CREATE TABLE reference.cessations (
  code VARCHAR PRIMARY KEY, label_it VARCHAR NOT NULL, label_en VARCHAR NOT NULL, cessation_group VARCHAR NOT NULL,
  valid_from DATE, valid_to DATE, source VARCHAR NOT NULL, verification VARCHAR NOT NULL
);
CREATE TABLE reference.working_hours (
  code VARCHAR PRIMARY KEY, label_it VARCHAR NOT NULL, label_en VARCHAR NOT NULL,
  valid_from DATE, valid_to DATE, source VARCHAR NOT NULL, verification VARCHAR NOT NULL
);
-- Sections of each ATECO version and the group of activities that is the same
-- in both: sector is a code of the list of that name.
CREATE TABLE reference.sectors (
  version VARCHAR NOT NULL, section VARCHAR NOT NULL, sector VARCHAR NOT NULL,
  label_it VARCHAR NOT NULL, label_en VARCHAR NOT NULL,
  valid_from DATE, valid_to DATE, source VARCHAR NOT NULL, verification VARCHAR NOT NULL,
  PRIMARY KEY (version, section)
);
-- Great groups of each version of the classification of occupations.
CREATE TABLE reference.occupations (
  version VARCHAR NOT NULL, code VARCHAR NOT NULL, label_it VARCHAR NOT NULL, label_en VARCHAR NOT NULL,
  valid_from DATE, valid_to DATE, source VARCHAR NOT NULL, verification VARCHAR NOT NULL,
  PRIMARY KEY (version, code)
);
-- Days from which the values of a list mean something else: a series over a
-- break is not one series.
CREATE TABLE reference.breaks (
  list VARCHAR NOT NULL, break_on DATE NOT NULL, text_it VARCHAR NOT NULL, text_en VARCHAR NOT NULL,
  source VARCHAR NOT NULL, verification VARCHAR NOT NULL, PRIMARY KEY (list, break_on)
);
-- Breakdowns that are published: at which period type, and whether at the
-- level of the pages (finest) or above it. '_T' is no breakdown.
CREATE TABLE reference.plan (
  period_type VARCHAR NOT NULL, finest BOOLEAN NOT NULL, breakdown VARCHAR NOT NULL,
  PRIMARY KEY (period_type, finest, breakdown)
);
DELETE FROM main.reference_sum;
