-- Unemployment rates by sex, education and citizenship: one observation a row of
-- ISTAT's export of DCCV_TAXDISOCCU1. Years and quarters stand in one column,
-- TIME ("2018", "2018-Q1"); of three age classes that of the definition, 15-74,
-- is taken. A code that is not known goes on as it is, so that validation
-- quarantines the row instead of this query dropping it.
WITH area(code, geo) AS (VALUES
  ('IT', 'IT'), ('ITCD', 'ITCD'), ('ITC', 'ITC'), ('ITD', 'ITH'), ('ITE', 'ITI'), ('ITFG', 'ITFG')
), cell AS (
  SELECT d.*, contains(d.TIME, 'Q') AS quarter
  FROM delivery d
  WHERE d.ETA1 = 'Y15-74'
)
SELECT
  'labour_force' AS dataset,
  CASE c.TIPO_DATO_FOL WHEN 'UNEM_R' THEN 'unemployment_rate' END AS indicator,
  coalesce(a.geo, c.ITTER107) AS geo,
  CASE WHEN c.quarter THEN 'quarter' ELSE 'year' END AS period_type,
  c.TIME AS period,
  nullif(concat_ws(';',
    CASE c.SEXISTAT1 WHEN '1' THEN 'sex=M' WHEN '2' THEN 'sex=F' WHEN '9' THEN NULL ELSE 'unknown sex: ' || c.SEXISTAT1 END,
    CASE c.TITOLO_STUDIO WHEN '13' THEN 'education=low' WHEN '7' THEN 'education=medium' WHEN '11' THEN 'education=high' WHEN '99' THEN NULL
      ELSE 'unknown education: ' || c.TITOLO_STUDIO END,
    CASE c.CITTADINANZA WHEN 'ITL' THEN 'nationality=italian' WHEN 'FRG' THEN 'nationality=foreign' WHEN 'TOTAL' THEN NULL
      ELSE 'unknown citizenship: ' || c.CITTADINANZA END), '') AS breakdown,
  c.Value AS value,
  'percent' AS unit,
  CASE coalesce(c."Flag Codes", '') WHEN '' THEN 'A' WHEN 'b' THEN 'B' WHEN 'e' THEN 'E' WHEN 'p' THEN 'P' WHEN 'u' THEN 'U' END AS obs_status,
  'lf_serie_2021' AS note_ids,
  c.Territory AS label_as_published,
  c.Value AS value_as_published,
  CASE WHEN c.quarter THEN last_day(make_date(TRY_CAST(left(c.TIME, 4) AS INTEGER), TRY_CAST(right(c.TIME, 1) AS INTEGER) * 3, 1))
    ELSE make_date(TRY_CAST(left(c.TIME, 4) AS INTEGER), 12, 31) END AS reference_date,
  'ISTAT, Rilevazione sulle forze di lavoro, tavola DCCV_TAXDISOCCU1' AS source,
  'CC-BY-4.0' AS licence
FROM cell c
LEFT JOIN area a ON a.code = c.ITTER107
