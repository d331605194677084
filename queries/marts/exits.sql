-- title.it: Uscite dalle misure
-- title.en: Exits from measures
-- description.it: Una riga per persona e periodo: la fine dell'ultima misura terminata, se nessun'altra era in corso quel giorno, e se la persona lavora a ogni orizzonte da allora.
-- description.en: One row per person and period: the end of the last measure completed, unless another one was running that day, and whether the person is in work at each horizon from then.
-- grain: person_id, period_type, period
-- column.measure_received.it: la misura terminata
-- column.measure_received.en: the measure completed

-- For reading: counts ask marts.leavers.
WITH told AS (
  SELECT s.person_id, l.closes_year, l.ended_on, s.measure AS measure_received, d.code AS district, x.code AS sex, b.code AS age_band,
         l.after_exit_180, l.after_exit_365
  FROM marts.leavers l
  JOIN staging.services s ON hash(s.service_id) = l.service
  LEFT JOIN marts.code_numbers d ON d.list = 'geo' AND d.number = l.district_no
  LEFT JOIN marts.code_numbers x ON x.list = 'sex' AND x.number = l.sex_no
  LEFT JOIN marts.code_numbers b ON b.list = 'age_band' AND b.number = l.age_band_no
)
SELECT person_id, 'quarter' AS period_type, year(ended_on) || '-Q' || quarter(ended_on) AS period, ended_on, measure_received,
       district, sex, age_band, after_exit_180, after_exit_365
FROM told
UNION ALL
SELECT person_id, 'year', CAST(year(ended_on) AS VARCHAR), ended_on, measure_received, district, sex, age_band, after_exit_180, after_exit_365
FROM told
WHERE closes_year
