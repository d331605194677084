-- Unemployment, employment and inactivity rates of a region and its provinces,
-- as ISTAT's SDMX service answers: one observation a row. DATA_TYPE says which
-- rate; ISTAT writes the north-east as ITD and the centre as ITE, Eurostat and we
-- as ITH and ITI. The flag stands in OBS_STATUS, in small letters. A code that is
-- not known goes on as it is and is quarantined.
SELECT
  'labour_force' AS dataset,
  CASE c.DATA_TYPE WHEN 'UNEM_R' THEN 'unemployment_rate' WHEN 'EMP_R' THEN 'employment_rate' WHEN 'INAC_R' THEN 'inactivity_rate' END AS indicator,
  regexp_replace(regexp_replace(c.REF_AREA, '^ITD', 'ITH'), '^ITE', 'ITI') AS geo,
  CASE c.FREQ WHEN 'A' THEN 'year' WHEN 'Q' THEN 'quarter' END AS period_type,
  c.TIME_PERIOD AS period,
  nullif(concat_ws(';',
    CASE c.SEX WHEN '1' THEN 'sex=M' WHEN '2' THEN 'sex=F' WHEN '9' THEN NULL ELSE 'unknown sex: ' || c.SEX END,
    CASE WHEN c.EDU_LEV_HIGHEST <> '99' THEN 'unknown education: ' || c.EDU_LEV_HIGHEST END,
    CASE WHEN c.CITIZENSHIP <> 'TOTAL' THEN 'unknown citizenship: ' || c.CITIZENSHIP END), '') AS breakdown,
  c.OBS_VALUE AS value,
  'percent' AS unit,
  CASE
    WHEN c.OBS_VALUE IS NULL THEN 'O'
    ELSE CASE lower(coalesce(c.OBS_STATUS, '')) WHEN '' THEN 'A' WHEN 'a' THEN 'A' WHEN 'b' THEN 'B' WHEN 'e' THEN 'E' WHEN 'p' THEN 'P' WHEN 'u' THEN 'U' END
  END AS obs_status,
  CAST(NULL AS VARCHAR) AS note_ids,
  c.REF_AREA AS label_as_published,
  c.OBS_VALUE AS value_as_published,
  CASE c.FREQ
    WHEN 'Q' THEN last_day(make_date(TRY_CAST(left(c.TIME_PERIOD, 4) AS INTEGER), TRY_CAST(right(c.TIME_PERIOD, 1) AS INTEGER) * 3, 1))
    ELSE make_date(TRY_CAST(left(c.TIME_PERIOD, 4) AS INTEGER), 12, 31)
  END AS reference_date,
  'ISTAT, Rilevazione sulle forze di lavoro, ' || c.DATAFLOW AS source,
  'CC-BY-4.0' AS licence
FROM delivery c
WHERE (c.DATA_TYPE = 'UNEM_R' AND c.AGE = 'Y15-74') OR (c.DATA_TYPE <> 'UNEM_R' AND c.AGE = 'Y15-64')
