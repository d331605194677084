-- Taken in charge by path: one observation a row of tab_1_2_long.csv.
-- A label or a variable that is not known gives NULL or the label itself, so that
-- validation quarantines the row instead of this query dropping it. A number
-- that cannot be read goes on as text and is quarantined too.
WITH territory(label, geo) AS (VALUES
  ('Piemonte', 'ITC1'), ('Valle d''Aosta', 'ITC2'), ('Liguria', 'ITC3'), ('Lombardia', 'ITC4'),
  ('P.A. Bolzano', 'ITH1'), ('P.A. Trento', 'ITH2'), ('Veneto', 'ITH3'), ('Friuli-Venezia Giulia', 'ITH4'),
  ('Emilia-Romagna', 'ITH5'), ('Toscana', 'ITI1'), ('Umbria', 'ITI2'), ('Marche', 'ITI3'), ('Lazio', 'ITI4'),
  ('Abruzzo', 'ITF1'), ('Molise', 'ITF2'), ('Campania', 'ITF3'), ('Puglia', 'ITF4'), ('Basilicata', 'ITF5'),
  ('Calabria', 'ITF6'), ('Sicilia', 'ITG1'), ('Sardegna', 'ITG2'), ('Totale', 'IT')
), path(label, code) AS (VALUES
  ('1_reinserimento_lavorativo', '1'), ('2_aggiornamento_upskilling', '2'), ('3_riqualificazione_reskilling', '3'),
  ('4_lavoro_inclusione', '4'), ('5_ricollocazione_collettiva', '5')
), cell AS (
  SELECT d.*, TRY_CAST(valore AS DOUBLE) < lag(TRY_CAST(valore AS DOUBLE)) OVER (
           PARTITION BY etichetta, variabile ORDER BY data_riferimento) AS fell
  FROM delivery d
)
SELECT
  'gol_1_2' AS dataset,
  CASE
    WHEN c.variabile = c.percorso || '_ass' THEN 'taken_in_charge'
    WHEN c.variabile = c.percorso || '_pc' THEN 'path_share'
  END AS indicator,
  coalesce(t.geo, c.etichetta) AS geo,
  'day' AS period_type,
  c.data_riferimento AS period,
  'path=' || coalesce(p.code, 'unknown path: ' || c.percorso) AS breakdown,
  CASE WHEN NOT lower(trim(c.valore)) IN ('n.d.', 'n.d', 'nd', '-', '–', '..', '...') THEN c.valore END AS value,
  CASE WHEN ends_with(c.variabile, '_pc') THEN 'percent' ELSE 'events' END AS unit,
  CASE WHEN lower(trim(c.valore)) IN ('n.d.', 'n.d', 'nd', '-', '–', '..', '...') THEN 'O' ELSE 'A' END AS obs_status,
  nullif(concat_ws('|',
    CASE WHEN c.fell AND NOT ends_with(c.variabile, '_pc') THEN 'gol_calo' END,
    CASE WHEN lower(trim(c.valore)) IN ('n.d.', 'n.d', 'nd', '-', '–', '..', '...') THEN 'gol_nd' END), '') AS note_ids,
  c.etichetta AS label_as_published,
  c.valore AS value_as_published,
  c.data_riferimento AS reference_date,
  'Programma GOL, tavole di monitoraggio INAPP, tavola 1.2 (estrazione gmontaletti/golDatasets)' AS source,
  'MIT' AS licence
FROM cell c
LEFT JOIN territory t ON t.label = c.etichetta
LEFT JOIN path p ON p.label = c.percorso
