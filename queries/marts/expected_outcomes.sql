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
  SELECT district_no, quarter_no // 4 AS year_no, path_no, traits % 1000 AS profile_no, traits // 1000000000000 % 1000 AS age_band_no,
         traits // 1000000000000000 AS sex_no, count(*) AS members, count(*) FILTER (WHERE employed_180) AS employed
  FROM marts.followed
  WHERE NOT in_work AND district_no IS NOT NULL
  GROUP BY district_no, year_no, path_no, profile_no, age_band_no, sex_no
), schemes AS (
  SELECT number AS profile_no, -dense_rank() OVER (ORDER BY left(code, 4)) AS scheme_no FROM marts.code_numbers WHERE list = 'profile'
), cells AS (
  SELECT year_no, path_no, profile_no, age_band_no, sex_no, sum(members) AS members, sum(employed) AS employed
  FROM mix
  GROUP BY year_no, path_no, profile_no, age_band_no, sex_no
), sexes AS (
  SELECT year_no, path_no, profile_no, age_band_no, sex_no, members, employed,
         CASE WHEN min(members) OVER (PARTITION BY year_no, path_no, profile_no, age_band_no) < fewest THEN -1 ELSE sex_no END AS of_sex
  FROM cells
  CROSS JOIN limits
), by_sex AS (
  SELECT year_no, path_no, profile_no, age_band_no, sex_no, of_sex, members, employed,
         sum(members) OVER (PARTITION BY year_no, path_no, profile_no, age_band_no, of_sex) < fewest AS is_small
  FROM sexes
  CROSS JOIN limits
), ages AS (
  SELECT year_no, path_no, profile_no, age_band_no, sex_no, members, employed,
         CASE WHEN is_small THEN -1 ELSE of_sex END AS of_sex,
         CASE WHEN is_small THEN -1 ELSE age_band_no END AS of_age
  FROM by_sex
), by_age AS (
  SELECT year_no, path_no, profile_no, age_band_no, sex_no, of_sex, of_age, members, employed,
         sum(members) OVER (PARTITION BY year_no, path_no, profile_no, of_age, of_sex) < fewest AS is_small
  FROM ages
  CROSS JOIN limits
), strata AS (
  SELECT b.year_no, b.path_no, b.profile_no, b.age_band_no, b.sex_no, b.of_sex, b.of_age, b.members, b.employed,
         CASE WHEN b.is_small THEN coalesce(s.scheme_no, 0) ELSE b.profile_no END AS of_profile
  FROM by_age b
  LEFT JOIN schemes s ON s.profile_no = b.profile_no
), rates AS (
  SELECT year_no, path_no, profile_no, age_band_no, sex_no,
         sum(employed) OVER stratum / sum(members) OVER stratum AS rate
  FROM strata
  WINDOW stratum AS (PARTITION BY year_no, path_no, of_profile, of_age, of_sex)
), districts AS (
  SELECT m.district_no, m.year_no, sum(m.members) AS cohort, sum(m.employed) AS observed, sum(m.members * r.rate) AS expected
  FROM mix m
  JOIN rates r
    ON r.year_no = m.year_no AND r.path_no = m.path_no AND r.profile_no = m.profile_no AND r.age_band_no = m.age_band_no AND r.sex_no = m.sex_no
  GROUP BY m.district_no, m.year_no
)
SELECT g.geo, g.geo_level, g.finest, CAST(d.year_no AS VARCHAR) AS period, CAST(sum(d.cohort) AS BIGINT) AS cohort,
       CAST(sum(d.observed) AS BIGINT) AS observed,
       -- a half of a tenth goes up, whatever the last bits of a sum are
       round(sum(d.expected) + 1e-9, 1) AS expected
FROM districts d
JOIN marts.code_numbers n ON n.list = 'geo' AND n.number = d.district_no
JOIN marts.geo_paths g ON g.leaf = n.code
GROUP BY g.geo, g.geo_level, g.finest, d.year_no
