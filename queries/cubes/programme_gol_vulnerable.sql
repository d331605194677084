-- title.it: Programma GOL: persone vulnerabili
-- title.en: GOL programme: vulnerable persons
-- description.it: Quante delle persone prese in carico per la prima volta nel Programma GOL sono donne, disoccupati di lunga durata, persone con disabilità, under 30 o di 55 anni e più.
-- description.en: How many of the persons taken in charge for the first time by the GOL programme are women, long-term unemployed, disabled, under 30 or aged 55 and over.
-- universe.it: Persone con il primo patto di servizio del Programma GOL nel trimestre o nell’anno, domiciliate nella regione.
-- universe.en: Persons with their first service agreement of the GOL programme in the quarter or year, domiciled in the region.
-- numerator.it: Persone prese in carico che hanno la condizione; l’ultima misura conta chi ne ha almeno una.
-- numerator.en: Persons taken in charge who have the condition; the last measure counts who has at least one.
-- denominator.it: Persone prese in carico nel periodo.
-- denominator.en: Persons taken in charge in the period.
-- source.it: Elaborazioni dell’osservatorio su patti di servizio e iscrizioni
-- source.en: Computed by the observatory from service agreements and registrations
-- caveat.it.1: Il traguardo M5C1-3 del PNRR chiede almeno il 75 % di persone vulnerabili fra i beneficiari: è nazionale e cumulato, questa è una quota per periodo e territorio.
-- caveat.en.1: PNRR milestone M5C1-3 asks that at least 75 % of the beneficiaries be vulnerable: it is national and cumulated, this is a share by period and territory.
-- caveat.it.2: L’età è quella compiuta al 31 dicembre dell’anno del patto, perché si conosce il solo anno di nascita.
-- caveat.en.2: Age is that reached at 31 December of the year of the agreement, as only the year of birth is known.
-- caveat.it.3: Le condizioni si sovrappongono: le quote non si sommano.
-- caveat.en.3: Conditions overlap: shares do not add up.
-- caveat.it.4: Durata e disabilità sono quelle dell’iscrizione; dove mancano, la condizione non è contata.
-- caveat.en.4: Duration and disability are those of the registration; where missing, the condition is not counted.
-- protection: personal
-- kind: rate
-- unit: percent
-- definition: programme_gol_vulnerable@1
-- method: programme_gol
-- grain: geo_level, geo, period_type, period, measure
-- breakdowns:
-- rules: fragility
-- population: gol_taken_in_charge
-- answers: women = sex:F; over_55 = age_band:55+
-- measure.women.it: Donne
-- measure.women.en: Women
-- measure.long_term.it: Disoccupati da 12 mesi e più
-- measure.long_term.en: Unemployed for 12 months and over
-- measure.disabled.it: Persone con disabilità
-- measure.disabled.en: Persons with a disability
-- measure.under_30.it: Sotto i 30 anni
-- measure.under_30.en: Under 30
-- measure.over_55.it: 55 anni e più
-- measure.over_55.en: Aged 55 and over
-- measure.vulnerable.it: Almeno una delle condizioni
-- measure.vulnerable.en: At least one of the conditions
-- materialize: table

WITH measures (measure) AS (
  VALUES ('women'), ('long_term'), ('disabled'), ('under_30'), ('over_55'), ('vulnerable')
), states AS (
  SELECT period_type, period, (12 * year(first_day) + month(first_day) - 1) // 3 AS first_no, (12 * year(last_day) + month(last_day) - 1) // 3 AS last_no,
         CASE WHEN bool_or(begins_before) THEN 'source_gap'
              WHEN NOT bool_and(coalesce(settled_days >= 0, false)) THEN 'not_observable'
         END AS reason
  FROM marts.period_sources
  WHERE contract IN ('agreements', 'registrations')
  GROUP BY period_type, period, first_day, last_day
), requested AS (
  SELECT c.geo_level, c.geo, s.period_type, s.period, s.reason, m.measure
  FROM marts.cells c
  JOIN states s ON s.period_type = c.period_type
  CROSS JOIN measures m
  WHERE c.breakdown = '_T'
), alike AS (
  -- who answers all measures alike is counted once, and each measure asks of few rows
  SELECT district_no, quarter_no, woman, long_term, disabled, under_30, over_55, vulnerable, count(*) AS persons
  FROM marts.gol_steps
  WHERE step_no = 1
  GROUP BY ALL
), leaves AS (
  SELECT e.district_no, e.quarter_no, m.measure, sum(e.persons) AS persons,
         coalesce(sum(e.persons) FILTER (WHERE CASE m.measure
           WHEN 'women' THEN e.woman
           WHEN 'long_term' THEN e.long_term
           WHEN 'disabled' THEN e.disabled
           WHEN 'under_30' THEN e.under_30
           WHEN 'over_55' THEN e.over_55
           ELSE e.vulnerable END), 0) AS vulnerable
  FROM alike e
  CROSS JOIN measures m
  GROUP BY e.district_no, e.quarter_no, m.measure
), counted AS (
  -- each person enters once, so those of a year are those of its quarters
  SELECT g.geo, s.period_type, s.period, l.measure, sum(l.vulnerable) AS vulnerable, sum(l.persons) AS persons
  FROM leaves l
  JOIN states s ON l.quarter_no BETWEEN s.first_no AND s.last_no
  JOIN marts.code_numbers d ON d.list = 'geo' AND d.number = l.district_no
  JOIN marts.geo_paths g ON g.leaf = d.code
  GROUP BY g.geo, s.period_type, s.period, l.measure
)
SELECT r.geo_level, r.geo, r.period_type, r.period, r.measure,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.vulnerable, 0) AS DOUBLE) END AS numerator,
       CASE WHEN r.reason IS NULL THEN CAST(coalesce(c.persons, 0) AS DOUBLE) END AS denominator,
       CAST(NULL AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high,
       CASE WHEN r.reason IS NOT NULL THEN 'O' END AS obs_status, r.reason, CAST(NULL AS VARCHAR) AS note_ids
FROM requested r
LEFT JOIN counted c
  ON c.geo = r.geo AND c.period_type = r.period_type AND c.period = r.period AND c.measure = r.measure
