-- title.it: Operatori e sedi
-- title.en: Providers and their sites
-- description.it: Una riga per sede di un centro per l'impiego o di un ente accreditato e periodo di validità.
-- description.en: One row per site of a job centre or accredited body and period of validity.
-- grain: provider, site, valid_from

-- No supplier's date here: the copy issued last wins.
SELECT d.provider, d.kind, d.site, d.comune, d.services, d.valid_from, d.valid_to
FROM raw.providers d
JOIN ledger.current_loads l ON l.load_id = d.load_id
QUALIFY row_number() OVER (
  PARTITION BY d.provider, d.site, d.valid_from
  ORDER BY l.issue_order DESC, d.line DESC
) = 1
