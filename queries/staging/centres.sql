-- title.it: Potenziamento dei centri per l'impiego
-- title.en: Strengthening of the employment centres
-- description.it: Una riga per centro per l'impiego, mese, linea e programma: lo stato a fine mese come consegnato per ultimo.
-- description.en: One row per employment centre, month, line and programme: the state at the end of the month as delivered last.
-- grain: cpi, month, plan_line, programme

-- No supplier's date here: the copy issued last wins.
SELECT d.cpi, d.month, d.plan_line, d.programme, d.assigned, d.filled, d.planned_works, d.completed_works,
       d.allocated_eur, d.committed_eur, d.paid_eur, d.staff_trained
FROM raw.centres d
JOIN ledger.current_loads l ON l.load_id = d.load_id
QUALIFY row_number() OVER (
  PARTITION BY d.cpi, d.month, d.plan_line, d.programme
  ORDER BY l.issue_order DESC, d.line DESC
) = 1
