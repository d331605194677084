-- title.it: Risorse dei programmi
-- title.en: Money of the programmes
-- description.it: Una riga per programma, fondo, anno, territorio e tipo di importo: l'ultima copia consegnata.
-- description.en: One row per programme, fund, year, territory and kind of amount: the copy delivered last.
-- grain: programme, fund, year, district, kind
-- column.district.it: distretto o, per gli importi non ripartiti, un territorio che lo contiene
-- column.district.en: district or, for amounts that are not split, a territory that holds it

-- No supplier's date here: the copy issued last wins.
SELECT d.programme, d.fund, d.year, d.district, d.kind, d.amount_eur
FROM raw.funding d
JOIN ledger.current_loads l ON l.load_id = d.load_id
QUALIFY row_number() OVER (
  PARTITION BY d.programme, d.fund, d.year, d.district, d.kind
  ORDER BY l.issue_order DESC, d.line DESC
) = 1
