-- Taken in charge against the targets of the recovery plan: one observation a
-- row (a cell of a PDF table) of gol_A2_long.csv. The meaning of a column of the
-- PDF depends on the table and its edition, and stands below by column number.
-- The number is read from the token as printed ("1.234,5"), not from the parsed
-- one beside it.
-- A label or a variable that is not known gives NULL or the label itself, so that
-- validation quarantines the row instead of this query dropping it. A number
-- that cannot be read goes on as text and is quarantined too.
WITH territory(label, geo) AS (VALUES
  ('Piemonte', 'ITC1'), ('Valle d''Aosta', 'ITC2'), ('Liguria', 'ITC3'), ('Lombardia', 'ITC4'),
  ('P.A. Bolzano', 'ITH1'), ('P.A. Trento', 'ITH2'), ('Veneto', 'ITH3'), ('Friuli-Venezia Giulia', 'ITH4'),
  ('Emilia-Romagna', 'ITH5'), ('Toscana', 'ITI1'), ('Umbria', 'ITI2'), ('Marche', 'ITI3'), ('Lazio', 'ITI4'),
  ('Abruzzo', 'ITF1'), ('Molise', 'ITF2'), ('Campania', 'ITF3'), ('Puglia', 'ITF4'), ('Basilicata', 'ITF5'),
  ('Calabria', 'ITF6'), ('Sicilia', 'ITG1'), ('Sardegna', 'ITG2'), ('Totale', 'IT')
), meaning(edition, caption, position, indicator, unit) AS (VALUES
  ('2022-10-07', '1', 0, 'taken_in_charge', 'persons'), ('2022-10-07', '1', 1, 'share_of_italy', 'percent'),
  ('2022-10-07', '1', 2, 'target_pnrr_2022', 'persons'), ('2022-10-07', '1', 3, 'rate_pnrr_2022', 'percent'),
  ('2022-10-31', '1', 0, 'taken_in_charge', 'persons'), ('2022-10-31', '1', 1, 'share_of_italy', 'percent'),
  ('2022-10-31', '1', 2, 'target_pnrr_2022', 'persons'), ('2022-10-31', '1', 3, 'rate_pnrr_2022', 'percent'),
  ('2022-11-30', '1', 0, 'taken_in_charge', 'persons'), ('2022-11-30', '1', 1, 'share_of_italy', 'percent'),
  ('2022-11-30', '1', 2, 'target_pnrr_2022', 'persons'), ('2022-11-30', '1', 3, 'rate_pnrr_2022', 'percent'),
  ('2022-11-30', '1', 4, 'target_national_2022', 'persons'), ('2022-11-30', '1', 5, 'rate_national_2022', 'percent'),
  ('2022-12-31', '1', 0, 'taken_in_charge', 'persons'), ('2022-12-31', '1', 1, 'share_of_italy', 'percent'),
  ('2022-12-31', '1', 2, 'target_pnrr_2022', 'persons'), ('2022-12-31', '1', 3, 'rate_pnrr_2022', 'percent'),
  ('2022-12-31', '1', 4, 'target_national_2022', 'persons'), ('2022-12-31', '1', 5, 'rate_national_2022', 'percent'),
  ('2023-10-31', '1.1', 0, 'taken_in_charge', 'persons'), ('2023-10-31', '1.1', 1, 'taken_in_charge_2023', 'persons'),
  ('2023-10-31', '1.1', 2, 'taken_in_charge_last_month', 'persons'), ('2023-10-31', '1.1', 3, 'monthly_growth', 'percent'),
  ('2023-10-31', '1.1', 4, 'target_2023', 'persons'), ('2023-10-31', '1.1', 5, 'rate_2023', 'percent'),
  ('2023-10-31', '1.2', 0, 'taken_in_charge', 'persons'), ('2023-10-31', '1.2', 1, 'share_2023', 'percent'),
  ('2023-10-31', '1.2', 2, 'target_2022_2023', 'persons'), ('2023-10-31', '1.2', 3, 'rate_2022_2023', 'percent'),
  ('2023-12-31', '1.1', 0, 'taken_in_charge', 'persons'), ('2023-12-31', '1.1', 1, 'taken_in_charge_2023', 'persons'),
  ('2023-12-31', '1.1', 2, 'taken_in_charge_last_month', 'persons'), ('2023-12-31', '1.1', 3, 'monthly_growth', 'percent'),
  ('2023-12-31', '1.1', 4, 'target_2023', 'persons'), ('2023-12-31', '1.1', 5, 'rate_2023', 'percent'),
  ('2023-12-31', '1.2', 0, 'taken_in_charge', 'persons'), ('2023-12-31', '1.2', 1, 'share_2023', 'percent'),
  ('2023-12-31', '1.2', 2, 'target_2022_2023', 'persons'), ('2023-12-31', '1.2', 3, 'rate_2022_2023', 'percent')
)
SELECT
  'gol_a2_' || replace(c.caption_num, '.', '_') AS dataset,
  m.indicator AS indicator,
  coalesce(t.geo, c.anchor) AS geo,
  'day' AS period_type,
  c.data_riferimento AS period,
  CAST(NULL AS VARCHAR) AS breakdown,
  CASE WHEN NOT lower(trim(c.valore_raw)) IN ('n.d.', 'n.d', 'nd', '-', '–', '..', '...') THEN replace(replace(c.valore_raw, '.', ''), ',', '.') END AS value,
  m.unit AS unit,
  CASE
    WHEN lower(trim(c.valore_raw)) IN ('n.d.', 'n.d', 'nd', '-', '–', '..', '...') THEN 'O'
    WHEN c.quality_flag <> 'ok' THEN 'V'
    ELSE 'A'
  END AS obs_status,
  nullif(concat_ws('|',
    CASE WHEN contains(c.file, 'errata_corrige') THEN 'gol_a2_errata' END,
    CASE WHEN t.geo = 'IT' AND m.unit = 'persons' AND c.data_riferimento IN ('2022-10-07', '2022-10-31') THEN 'gol_a2_province' END,
    CASE WHEN m.unit = 'persons' AND contains(c.valore_raw, ',') THEN 'gol_a2_decimale' END,
    CASE WHEN c.quality_flag <> 'ok' THEN 'gol_a2_estrazione' END,
    CASE WHEN lower(trim(c.valore_raw)) IN ('n.d.', 'n.d', 'nd', '-', '–', '..', '...') THEN 'gol_nd' END), '') AS note_ids,
  c.anchor AS label_as_published,
  c.valore_raw AS value_as_published,
  c.data_riferimento AS reference_date,
  c.ente || ', ' || regexp_extract(c.file, '[^/]+$') || ', tavola ' || c.caption_num || ' (estrazione gmontaletti/golDatasets)' AS source,
  'MIT' AS licence
FROM delivery c
LEFT JOIN territory t ON t.label = c.anchor
LEFT JOIN meaning m ON m.edition = c.data_riferimento AND m.caption = c.caption_num AND m.position = TRY_CAST(c.col_index AS INTEGER)
