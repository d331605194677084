-- Measures that are published of views that do not show all of theirs at every
-- depth, such as the days of a curve: a view that stands here is published with
-- these alone, within what reference.plan asks for.
CREATE TABLE reference.plan_measures (
  view VARCHAR NOT NULL, period_type VARCHAR NOT NULL, finest BOOLEAN NOT NULL, breakdown VARCHAR NOT NULL, measure VARCHAR NOT NULL,
  source VARCHAR NOT NULL, verification VARCHAR NOT NULL, PRIMARY KEY (view, period_type, finest, breakdown, measure)
);
DELETE FROM main.reference_sum;
