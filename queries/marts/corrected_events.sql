-- title.it: Eventi rettificati
-- title.en: Corrected events
-- description.it: Le righe degli eventi che un altro evento rettifica, annullato o no: poche, trovate una volta.
-- description.en: The rows of events that another event corrects, cancelled or not: few, and found once.
-- grain: load_id, line
-- materialize: table

SELECT e.load_id, e.line
FROM staging.placements e
SEMI JOIN (SELECT corrects FROM staging.placements WHERE corrects IS NOT NULL AND corrects <> event_id) c ON c.corrects = e.event_id
