-- title.it: Esiti osservati e attesi
-- title.en: Observed and expected outcomes
-- description.it: Per territorio e anno della firma: quante persone della coorte, quante occupate a 180 giorni, e quante ce ne sarebbero se ogni gruppo simile avesse la percentuale della regione.
-- description.en: By territory and year of signing: how many persons of the cohort, how many employed at 180 days, and how many there would be if every group alike had the percentage of the region.
-- grain: geo, period
-- materialize: table
-- column.expected.it: arrotondato a un decimo: i pesi degli strati non si pubblicano
-- column.expected.en: rounded to a tenth: the weights of the strata are not published

-- Groups alike are strata of path, profile, age and sex. A stratum with too few
-- members in the region gives no rate worth the name: first its sexes are put
-- together, then it goes with the other small strata of its path and profile,
-- then with those of its path and scheme of profiling. Schemes are never put
-- together; what is small even then stays as it is. Every member is in exactly
-- one stratum, so the expected of all districts add up to what was observed.
WITH limits AS (
  SELECT CAST(value AS BIGINT) AS fewest FROM reference.parameters WHERE name = 'expected_min_stratum'
), mix AS (
  SELECT district, period_year AS period, path, profile, age_band, sex, count(*) AS members,
         count(*) FILTER (WHERE employed_180) AS employed
  FROM marts.outcomes
  WHERE NOT in_work
  GROUP BY district, period_year, path, profile, age_band, sex
), cells AS (
  SELECT period, path, profile, age_band, sex, sum(members) AS members, sum(employed) AS employed
  FROM mix
  GROUP BY period, path, profile, age_band, sex
), sexes AS (
  SELECT period, path, profile, age_band, sex, members, employed,
         CASE WHEN min(members) OVER (PARTITION BY period, path, profile, age_band) < fewest THEN '_T' ELSE sex END AS of_sex
  FROM cells
  CROSS JOIN limits
), by_sex AS (
  SELECT period, path, profile, age_band, sex, of_sex, members, employed,
         sum(members) OVER (PARTITION BY period, path, profile, age_band, of_sex) < fewest AS is_small
  FROM sexes
  CROSS JOIN limits
), ages AS (
  SELECT period, path, profile, age_band, sex, members, employed,
         CASE WHEN is_small THEN '_T' ELSE of_sex END AS of_sex,
         CASE WHEN is_small THEN '_T' ELSE age_band END AS of_age
  FROM by_sex
), by_age AS (
  SELECT period, path, profile, age_band, sex, of_sex, of_age, members, employed,
         sum(members) OVER (PARTITION BY period, path, profile, of_age, of_sex) < fewest AS is_small
  FROM ages
  CROSS JOIN limits
), strata AS (
  SELECT period, path, profile, age_band, sex, of_sex, of_age, members, employed,
         CASE WHEN is_small THEN left(profile, 4) ELSE profile END AS of_profile
  FROM by_age
), rates AS (
  SELECT period, path, profile, age_band, sex,
         sum(employed) OVER stratum / sum(members) OVER stratum AS rate
  FROM strata
  WINDOW stratum AS (PARTITION BY period, path, of_profile, of_age, of_sex)
), districts AS (
  SELECT m.district, m.period, sum(m.members) AS cohort, sum(m.employed) AS observed, sum(m.members * r.rate) AS expected
  FROM mix m
  JOIN rates r
    ON r.period = m.period AND r.path = m.path AND r.profile = m.profile AND r.age_band = m.age_band AND r.sex = m.sex
  GROUP BY m.district, m.period
)
SELECT g.geo, g.geo_level, g.finest, d.period, CAST(sum(d.cohort) AS BIGINT) AS cohort, CAST(sum(d.observed) AS BIGINT) AS observed,
       -- a half of a tenth goes up, whatever the last bits of a sum are
       round(sum(d.expected) + 1e-9, 1) AS expected
FROM districts d
JOIN marts.geo_paths g ON g.leaf = d.district
GROUP BY g.geo, g.geo_level, g.finest, d.period
