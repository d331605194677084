-- What plans ask for, and what was published of them. kind: target (to be
-- reached by due_on), allocation (given by a plan), published (a figure made
-- public of the day due_on). due_on is NULL where no day was found.
DROP TABLE reference.targets;
CREATE TABLE reference.targets (
  target VARCHAR NOT NULL, geo VARCHAR NOT NULL, due_on DATE, kind VARCHAR NOT NULL, value DOUBLE NOT NULL, unit VARCHAR NOT NULL,
  label_it VARCHAR NOT NULL, label_en VARCHAR NOT NULL, source VARCHAR NOT NULL, verification VARCHAR NOT NULL,
  UNIQUE (target, geo, due_on)
);
DELETE FROM main.reference_sum;
