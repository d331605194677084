-- title.it: Osservazioni ufficiali
-- title.en: Official observations
-- description.it: Una riga per cifra di statistica ufficiale già pubblica: l'ultima versione consegnata. Il valore come pubblicato resta accanto al numero letto.
-- description.en: One row per figure of official statistics already public: its latest delivered version. The value as published stays beside the number read.

-- Several sources deliver observations, so the key, not the load, decides: the
-- later reference date wins, then the later issue.
SELECT d.dataset, d.indicator, d.geo, d.period_type, d.period, d.breakdown, d.value, d.unit,
       d.obs_status, d.note_ids, d.label_as_published, d.value_as_published, d.reference_date,
       d.source, d.licence
FROM raw.observations d
JOIN ledger.current_loads l ON l.load_id = d.load_id
QUALIFY row_number() OVER (
  PARTITION BY d.dataset, d.indicator, d.geo, d.period_type, d.period, d.breakdown
  ORDER BY d.reference_date DESC, l.issue_order DESC, d.line DESC
) = 1
