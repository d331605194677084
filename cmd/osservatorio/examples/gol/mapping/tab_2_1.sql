-- Individuals with at least one policy, and by LEP: one observation a row of
-- tab_2_1_long.csv.
-- A label or a variable that is not known gives NULL or the label itself, so that
-- validation quarantines the row instead of this query dropping it. A number
-- that cannot be read goes on as text and is quarantined too.
WITH territory(label, geo) AS (VALUES
  ('Piemonte', 'ITC1'), ('Valle d''Aosta', 'ITC2'), ('Liguria', 'ITC3'), ('Lombardia', 'ITC4'),
  ('P.A. Bolzano', 'ITH1'), ('P.A. Trento', 'ITH2'), ('Veneto', 'ITH3'), ('Friuli-Venezia Giulia', 'ITH4'),
  ('Emilia-Romagna', 'ITH5'), ('Toscana', 'ITI1'), ('Umbria', 'ITI2'), ('Marche', 'ITI3'), ('Lazio', 'ITI4'),
  ('Abruzzo', 'ITF1'), ('Molise', 'ITF2'), ('Campania', 'ITF3'), ('Puglia', 'ITF4'), ('Basilicata', 'ITF5'),
  ('Calabria', 'ITF6'), ('Sicilia', 'ITG1'), ('Sardegna', 'ITG2'), ('Totale', 'IT')
), variable(label, indicator, unit) AS (VALUES
  ('raggiunti', 'reached', 'persons'), ('con_politica', 'with_policy', 'persons'), ('con_politica_pc', 'with_policy_share', 'percent'),
  ('con_pol_o_tiroc', 'with_policy_or_traineeship', 'persons'), ('con_pol_o_tiroc_pc', 'with_policy_or_traineeship_share', 'percent'),
  ('lep_e', 'lep_e', 'persons'), ('lep_f1', 'lep_f1', 'persons'), ('lep_f2', 'lep_f2', 'persons'), ('lep_h', 'lep_h', 'persons'),
  ('lep_j', 'lep_j', 'persons'), ('lep_o', 'lep_o', 'persons'), ('c07_form_incl_dig', 'training_c07', 'persons'),
  ('c11_form_no_dig', 'training_c11', 'persons'), ('c12_form_spec_dig', 'training_c12', 'persons'), ('tirocinio_co', 'traineeship', 'persons')
), cell AS (
  SELECT d.*, TRY_CAST(valore AS DOUBLE) < lag(TRY_CAST(valore AS DOUBLE)) OVER (
           PARTITION BY etichetta, variabile ORDER BY data_riferimento) AS fell
  FROM delivery d
)
SELECT
  'gol_2_1' AS dataset,
  v.indicator AS indicator,
  coalesce(t.geo, c.etichetta) AS geo,
  'day' AS period_type,
  c.data_riferimento AS period,
  CAST(NULL AS VARCHAR) AS breakdown,
  CASE WHEN NOT lower(trim(c.valore)) IN ('n.d.', 'n.d', 'nd', '-', '–', '..', '...') THEN c.valore END AS value,
  v.unit AS unit,
  CASE
    WHEN lower(trim(c.valore)) IN ('n.d.', 'n.d', 'nd', '-', '–', '..', '...') THEN 'O'
    WHEN c.data_riferimento = '2025-01-31' THEN 'B'
    ELSE 'A'
  END AS obs_status,
  nullif(concat_ws('|',
    CASE WHEN t.geo <> 'IT' AND c.data_riferimento IN ('2024-06-30', '2025-01-31') THEN 'gol_regione' END,
    CASE WHEN c.data_riferimento = '2025-01-31' THEN 'gol_2_1_salto' END,
    CASE WHEN contains(c.titolo_tabella, '*') THEN 'gol_asterisco' END,
    CASE WHEN c.fell AND v.unit <> 'percent' THEN 'gol_calo' END,
    CASE WHEN lower(trim(c.valore)) IN ('n.d.', 'n.d', 'nd', '-', '–', '..', '...') THEN 'gol_nd' END), '') AS note_ids,
  c.etichetta AS label_as_published,
  c.valore AS value_as_published,
  c.data_riferimento AS reference_date,
  'Programma GOL, tavole di monitoraggio INAPP, tavola 2.1 (estrazione gmontaletti/golDatasets)' AS source,
  'MIT' AS licence
FROM cell c
LEFT JOIN territory t ON t.label = c.etichetta
LEFT JOIN variable v ON v.label = c.variabile
