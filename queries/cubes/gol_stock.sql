-- title.it: Persone in GOL al lavoro a fine trimestre
-- title.en: Persons in GOL in work at the end of the quarter
-- description.it: Quante delle persone nel programma GOL da almeno 65 giorni lavorano l'ultimo giorno del trimestre, con un lavoro cominciato dopo l'ingresso o solo con uno di prima, per territorio di domicilio e percorso.
-- description.en: How many of the persons in the GOL programme for at least 65 days are in work on the last day of the quarter, in a job begun after entry or only in one from before, by territory of domicile and path.
-- universe.it: Persone domiciliate nella regione con un patto GOL firmato da almeno 65 giorni e non ancora chiuso l'ultimo giorno del trimestre. Se ne hanno più d'uno conta il primo.
-- universe.en: Persons domiciled in the region with a GOL agreement signed at least 65 days before and not yet closed on the last day of the quarter. If there is more than one the first counts.
-- numerator.it: Persone del gruppo che quel giorno hanno un rapporto di lavoro cominciato dopo la firma, oppure solo rapporti cominciati prima.
-- numerator.en: Persons of the group who on that day have a work relationship begun after signing, or only relationships begun before.
-- denominator.it: Persone nel programma da almeno 65 giorni.
-- denominator.en: Persons in the programme for at least 65 days.
-- source.it: Elaborazioni dell'osservatorio su patti di servizio e comunicazioni obbligatorie
-- source.en: Computed by the observatory from service agreements and compulsory communications of employment
-- caveat.it.1: È una fotografia di fine trimestre: chi è nel programma da tre mesi e chi da due anni stanno insieme, con tempi diversi per trovare lavoro (stock con esposizione disuguale). Serve a confrontarsi con le note nazionali di monitoraggio, non a seguire una coorte: per quello ci sono gli esiti a distanza fissa.
-- caveat.en.1: It is a picture of the end of the quarter: those in the programme for three months and those for two years stand together, with different times to find work (a stock with unequal exposure). It serves to compare with the national monitoring notes, not to follow a cohort: outcomes at a fixed distance do that.
-- caveat.it.2: La condizione dei 65 giorni riprende la nota di monitoraggio al 31 dicembre 2022; le note successive possono averla cambiata.
-- caveat.en.2: The condition of 65 days takes up the monitoring note at 31 December 2022; later notes may have changed it.
-- caveat.it.3: Chi lavora sia con un lavoro di prima sia con uno di dopo l'ingresso conta una volta, fra i secondi.
-- caveat.en.3: Those in work both in a job from before and in one from after entry count once, among the latter.
-- caveat.it.4: È lavoro ciò che risulta dalle comunicazioni obbligatorie: lavoro subordinato, apprendistato, collaborazioni coordinate e continuative e missioni in somministrazione. I tirocini, i lavori socialmente utili e le borse lavoro non sono occupazione.
-- caveat.en.4: Work is what compulsory communications show: employment, apprenticeship, coordinated continuous collaborations and agency missions. Traineeships, socially useful work and work grants are not employment.
-- caveat.it.5: Restano fuori il lavoro autonomo, il lavoro all'estero, il lavoro non dichiarato e, se arrivano solo le comunicazioni della regione, i lavori svolti in altre regioni da chi non vi è domiciliato: la quota vera di occupati è più alta.
-- caveat.en.5: Self-employment, work abroad, undeclared work and, where only the region's own communications arrive, jobs in other regions that are not reported to it are left out: the true share of employed persons is higher.
-- caveat.it.6: Un rapporto a termine senza cessazione comunicata finisce il giorno del termine previsto; un rapporto aperto di cui non si sa più nulla da prima del 2008, o da prima che la persona avesse più di 70 anni, non è ritenuto in corso.
-- caveat.en.6: A fixed-term relationship without a reported end ends on its planned last day; an open one of which nothing has been heard since before 2008, or since before the person was over 70, is not believed to be running.
-- caveat.it.7: La formula è dell'osservatorio. Le differenze fra territori o gruppi non misurano l'effetto dei servizi: riflettono anche chi vi si rivolge e il mercato del lavoro locale.
-- caveat.en.7: The formula is the observatory's own. Differences between territories or groups do not measure the effect of services: they also reflect who turns to them and the local labour market.
-- protection: personal
-- kind: rate
-- unit: percent
-- definition: gol_stock@2
-- method: gol_stock
-- grain: geo_level, geo, period_type, period, path, measure
-- breakdowns: path
-- rules: outcomes
-- population: gol_stock
-- time: stock
-- answers: employed_after_entry | employed_before_entry
-- measure.employed_after_entry.it: Al lavoro, cominciato dopo l'ingresso
-- measure.employed_after_entry.en: In work, begun after entry
-- measure.employed_before_entry.it: Al lavoro, solo da prima dell'ingresso
-- measure.employed_before_entry.en: In work, only from before entry
-- materialize: table

WITH leaves AS (
  SELECT district_no, quarter_no, path_no, count(*) AS present, count(*) FILTER (WHERE employed_after_entry) AS after_entry,
         count(*) FILTER (WHERE employed_before_entry) AS before_entry
  FROM marts.gol_stocks
  GROUP BY district_no, quarter_no, path_no
), counted AS (
  SELECT p.cell, l.quarter_no, sum(l.present) AS present, sum(l.after_entry) AS after_entry, sum(l.before_entry) AS before_entry
  FROM leaves l
  JOIN marts.cell_paths p ON p.leaf_no = l.district_no AND p.period_type = 'quarter' AND p.counted_by = 'path' AND p.code_no = l.path_no
  GROUP BY p.cell, l.quarter_no
), states AS (
  SELECT s.period, p.number AS quarter_no,
         CASE WHEN bool_or(s.begins_before) THEN 'source_gap'
              WHEN NOT bool_and(coalesce(s.settled_days >= 0, false)) THEN 'not_observable' END AS reason
  FROM marts.period_sources s
  JOIN marts.periods p ON p.period_type = s.period_type AND p.period = s.period
  WHERE s.period_type = 'quarter' AND s.contract IN ('registrations', 'agreements', 'placements')
  GROUP BY s.period, p.number
)
SELECT c.geo_level, c.geo, c.period_type, s.period, c.path, m.measure,
       CASE WHEN s.reason IS NULL THEN
         CAST(CASE m.measure WHEN 'employed_after_entry' THEN coalesce(n.after_entry, 0)
                             ELSE coalesce(n.before_entry, 0) END AS DOUBLE) END AS numerator,
       CASE WHEN s.reason IS NULL THEN CAST(coalesce(n.present, 0) AS DOUBLE) END AS denominator,
       CAST(NULL AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN s.reason IS NOT NULL THEN 'O' END AS obs_status, s.reason, CAST(NULL AS VARCHAR) AS note_ids
FROM marts.cells c
CROSS JOIN states s
CROSS JOIN (VALUES ('employed_after_entry'), ('employed_before_entry')) AS m (measure)
LEFT JOIN counted n ON n.cell = c.cell AND n.quarter_no = s.quarter_no
WHERE c.period_type = 'quarter' AND c.breakdown IN ('_T', 'path')
