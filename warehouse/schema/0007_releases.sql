-- The ledger of releases: what was made public, from what. Nothing here is ever
-- deleted, for what was once public stays known.
CREATE TABLE ledger.releases (
  seq           INTEGER PRIMARY KEY,  -- order of publication
  id            VARCHAR NOT NULL UNIQUE,
  follows       VARCHAR,              -- the release that it was compared with
  sums_sha256   VARCHAR NOT NULL,     -- of its SHA256SUMS
  last_load     INTEGER NOT NULL,     -- deliveries up to this one were there
  made_on       DATE,                 -- what was signed for that day held; NULL where nobody knows
  software      VARCHAR,              -- fingerprint of the program
  configuration VARCHAR,              -- text of osservatorio.toml
  lists_sha256  VARCHAR               -- of the instance's own territory, lists and boundaries
);
CREATE TABLE ledger.released_views (
  release    INTEGER NOT NULL,        -- seq
  view       VARCHAR NOT NULL,
  definition VARCHAR NOT NULL,        -- id@version
  cells      BIGINT NOT NULL,         -- public rows
  written    BIGINT NOT NULL,         -- of them, and of those that went, what the ledger had to write
  PRIMARY KEY (release, view)
);
-- released.<view>: every version of every public cell. A row stands for its
-- cell from its release on, until the cell has a row of a later one; without a
-- status the cell is not in that release.
CREATE SCHEMA IF NOT EXISTS released;
