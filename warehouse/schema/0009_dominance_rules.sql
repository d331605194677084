-- By policy: a number is confidential when who gave the second largest part of
-- it would know the largest to within p_percent percent of it.
CREATE TABLE reference.dominance_rules (
  policy VARCHAR PRIMARY KEY, p_percent DOUBLE NOT NULL,
  valid_from DATE, source VARCHAR NOT NULL, verification VARCHAR NOT NULL
);
