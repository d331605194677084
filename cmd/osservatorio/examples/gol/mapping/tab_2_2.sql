-- Individuals employed at the reference date, by region and, for Italy, by path:
-- one observation a row of tab_2_2_long.csv. Two oddities of the file are marked
-- here and kept: the edition of 31/1/2025 is a copy of that of 30/6/2024, and from
-- 31/10/2025 the regions count path 5 while Italy does not.
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
), variable(label, indicator, unit) AS (VALUES
  ('presi_in_carico', 'reached', 'persons'), ('occupati_totale', 'employed', 'persons'), ('occupati_pc', 'employed_share', 'percent'),
  ('nuovi_occupati', 'new_employed', 'persons'), ('nuovi_occupati_pc', 'new_employed_share', 'percent'),
  ('gia_occupati', 'already_employed', 'persons'), ('gia_occupati_pc', 'already_employed_share', 'percent'),
  ('quota_nuovi_su_occ', 'new_over_employed_share', 'percent')
), cell AS (
  SELECT d.*, CASE WHEN dimensione = 'percorso' THEN 'Totale' ELSE etichetta END AS territory
  FROM delivery d
)
SELECT
  'gol_2_2' AS dataset,
  v.indicator AS indicator,
  coalesce(t.geo, c.territory) AS geo,
  'day' AS period_type,
  c.data_riferimento AS period,
  CASE WHEN c.dimensione = 'percorso' THEN 'path=' || coalesce(p.code, 'unknown path: ' || c.percorso) END AS breakdown,
  CASE WHEN NOT lower(trim(c.valore)) IN ('n.d.', 'n.d', 'nd', '-', '–', '..', '...') THEN c.valore END AS value,
  v.unit AS unit,
  CASE
    WHEN lower(trim(c.valore)) IN ('n.d.', 'n.d', 'nd', '-', '–', '..', '...') THEN 'O'
    WHEN c.data_riferimento = '2025-01-31' THEN 'V'
    WHEN c.dimensione = 'percorso' THEN 'A'
    WHEN t.geo = 'IT' AND c.data_riferimento >= '2025-10-31' THEN 'D'
    WHEN t.geo <> 'IT' AND c.data_riferimento = '2025-10-31' THEN 'B'
    ELSE 'A'
  END AS obs_status,
  nullif(concat_ws('|',
    CASE WHEN c.data_riferimento = '2025-01-31' THEN 'gol_2_2_copia' END,
    CASE WHEN c.dimensione <> 'percorso' AND c.data_riferimento >= '2025-10-31' THEN 'gol_2_2_percorso_5' END,
    CASE WHEN contains(c.titolo_tabella, 'Tabella 3.1') THEN 'gol_2_2_numero' END,
    CASE WHEN lower(trim(c.valore)) IN ('n.d.', 'n.d', 'nd', '-', '–', '..', '...') THEN 'gol_nd' END), '') AS note_ids,
  c.etichetta AS label_as_published,
  c.valore AS value_as_published,
  c.data_riferimento AS reference_date,
  'Programma GOL, tavole di monitoraggio INAPP, tavola 2.2 (estrazione gmontaletti/golDatasets)' AS source,
  'MIT' AS licence
FROM cell c
LEFT JOIN territory t ON t.label = c.territory
LEFT JOIN path p ON p.label = c.percorso
LEFT JOIN variable v ON v.label = c.variabile
