-- title.it: Classi di età
-- title.en: Age bands
-- description.it: La classe di età di ogni età in anni compiuti al 31 dicembre; sotto la prima classe vale la prima.
-- description.en: The age band of each age in completed years at 31 December; below the first band the first one holds.
-- grain: age
-- materialize: table

-- The bounds are read from the codes themselves ("25-34", "55+"), so that the
-- code list is the one place that fixes them.
WITH bands AS (
  SELECT code, CAST(regexp_extract(code, '^[0-9]+') AS INTEGER) AS from_age
  FROM reference.codes
  WHERE list = 'age_band'
), ages AS (
  SELECT CAST(unnest(generate_series(0, 130)) AS INTEGER) AS age
), below_first AS (
  SELECT min(from_age) AS first_age FROM bands
)
SELECT a.age, arg_max(b.code, b.from_age) AS age_band, CAST(arg_max(n.number, b.from_age) AS SMALLINT) AS age_band_no
FROM ages a
CROSS JOIN below_first f
JOIN bands b ON b.from_age <= greatest(a.age, f.first_age)
JOIN marts.code_numbers n ON n.list = 'age_band' AND n.code = b.code
GROUP BY a.age
