-- Hires and terminations by region and quarter: three observations a row
-- (relationships, workers, relationships per worker). Labels stand here as the
-- annexes print them, with their footnotes and their typing errors.
-- A label or a variable that is not known gives NULL or the label itself, so that
-- validation quarantines the row instead of this query dropping it. A number
-- that cannot be read goes on as text and is quarantined too.
WITH territory(label, geo) AS (VALUES
  ('Piemonte', 'ITC1'), ('Valle d’Aosta/Vallée d’Aoste', 'ITC2'), ('Liguria', 'ITC3'), ('Lombardia', 'ITC4'),
  ('Bolzano/Bolzen', 'ITH1'), ('Trento', 'ITH2'), ('Veneto', 'ITH3'), ('Friuli Venezia Giulia', 'ITH4'),
  ('Emilia Romagna', 'ITH5'), ('Toscana', 'ITI1'), ('Umbria', 'ITI2'), ('Marche', 'ITI3'), ('Lazio', 'ITI4'),
  ('Abruzzo', 'ITF1'), ('Molise', 'ITF2'), ('Campania', 'ITF3'), ('Puglia', 'ITF4'), ('Basilicata', 'ITF5'),
  ('Calabria', 'ITF6'), ('Sicilia', 'ITG1'), ('Sardegna', 'ITG2'), ('N.D. (c )', 'IT-ND'), ('Totale (d)', 'IT')
), metric(column_name, suffix, unit) AS (VALUES
  ('rapporti', '', 'relationships'), ('lavoratori', '_workers', 'persons'), ('media', '_per_worker', 'number')
), cell AS (
  SELECT d.*, m.suffix, m.unit,
         CASE m.column_name WHEN 'rapporti' THEN d.rapporti WHEN 'lavoratori' THEN d.lavoratori ELSE d.media END AS token,
         max(d.anno || d.trimestre) OVER () AS last_quarter,
         max_by(d.file_origine, d.anno || d.trimestre) OVER () AS last_annex
  FROM delivery d CROSS JOIN metric m
)
SELECT
  'co_flussi' AS dataset,
  CASE c.flusso WHEN 'avviamenti' THEN 'hires' WHEN 'cessazioni' THEN 'terminations' END || c.suffix AS indicator,
  coalesce(t.geo, c.regione) AS geo,
  'quarter' AS period_type,
  c.anno || '-Q' || c.trimestre AS period,
  CAST(NULL AS VARCHAR) AS breakdown,
  CASE WHEN NOT lower(trim(c.token)) IN ('n.d.', 'n.d', 'nd', '-', '–', '..', '...') THEN c.token END AS value,
  c.unit AS unit,
  CASE WHEN lower(trim(c.token)) IN ('n.d.', 'n.d', 'nd', '-', '–', '..', '...') THEN 'O' ELSE 'A' END AS obs_status,
  nullif(concat_ws('|',
    CASE t.geo WHEN 'IT-ND' THEN 'co_nd' WHEN 'IT' THEN 'co_totale' WHEN 'ITH1' THEN 'co_bolzano' END,
    CASE WHEN t.geo = 'IT' AND c.suffix <> '' THEN 'co_lavoratori' END,
    CASE WHEN c.file_origine <> c.last_annex THEN 'co_edizione' END,
    CASE WHEN c.anno = left(c.last_quarter, 4) THEN 'co_rivedibile' END,
    CASE WHEN lower(trim(c.token)) IN ('n.d.', 'n.d', 'nd', '-', '–', '..', '...') THEN 'gol_nd' END), '') AS note_ids,
  c.regione AS label_as_published,
  c.token AS value_as_published,
  last_day(make_date(TRY_CAST(c.anno AS INTEGER), TRY_CAST(c.trimestre AS INTEGER) * 3, 1)) AS reference_date,
  'Comunicazioni obbligatorie, allegati statistici trimestrali, ' || c.file_origine || ' (estrazione gmontaletti/golDatasets)' AS source,
  'MIT' AS licence
FROM cell c
LEFT JOIN territory t ON t.label = c.regione
