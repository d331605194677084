-- title.it: Popolazione residente
-- title.en: Resident population
-- description.it: Una riga per comune o distretto, anno, sesso e classe di età.
-- description.en: One row per municipality or district, year, sex and age band.

-- No supplier's date here: the copy issued last wins.
SELECT d.comune, d.district, d.year, d.sex, d.age_band, d.persons
FROM raw.population d
JOIN ledger.current_loads l ON l.load_id = d.load_id
QUALIFY row_number() OVER (
  PARTITION BY d.comune, d.district, d.year, d.sex, d.age_band
  ORDER BY l.issue_order DESC, d.line DESC
) = 1
