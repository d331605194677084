-- The bare minimum by hand, on the same raw tables: the union of spells by
-- window functions, the cohort's members followed to three horizons by ASOF
-- joins, one count by district and quarter. No corrections, no versions, no
-- breakdowns, no other indicator.
CREATE OR REPLACE TABLE main.bare_spells AS
WITH spells AS (
  SELECT any_value(person_id) AS person_id, min(event_on) FILTER (WHERE event = 'start') AS start_on,
         coalesce(max(event_on) FILTER (WHERE event = 'end'), max(planned_end_on), DATE '9999-12-31') AS end_on
  FROM raw.placements
  WHERE contract NOT LIKE 'C.%'
  GROUP BY relationship_id
), marked AS (
  SELECT person_id, start_on, end_on,
         CASE WHEN start_on <= max(end_on) OVER before + 1 THEN 0 ELSE 1 END AS opens
  FROM spells
  WINDOW before AS (PARTITION BY person_id ORDER BY start_on, end_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), numbered AS (
  SELECT person_id, start_on, end_on, sum(opens) OVER (PARTITION BY person_id ORDER BY start_on, end_on) AS island
  FROM marked
)
SELECT person_id, min(start_on) AS start_on, max(end_on) AS end_on
FROM numbered
GROUP BY person_id, island;
CREATE OR REPLACE TABLE main.bare_cube AS
WITH cohort AS (
  SELECT a.person_id, a.signed_on, c.geo
  FROM raw.agreements a
  JOIN raw.registrations r ON r.registration_id = a.registration_id
  JOIN reference.comuni c ON c.comune = r.comune
), followed AS (
  SELECT c.person_id, c.signed_on, c.geo, h.days, c.signed_on + h.days AS on_day
  FROM cohort c
  CROSS JOIN (VALUES (90), (180), (365)) h(days)
)
SELECT f.geo, year(f.signed_on) AS year, quarter(f.signed_on) AS quarter, f.days,
       count(*) FILTER (WHERE f.on_day <= s.end_on) AS employed, count(*) AS cohort
FROM followed f
ASOF LEFT JOIN main.bare_spells s ON s.person_id = f.person_id AND s.start_on <= f.on_day
GROUP BY ALL
