-- title.it: Attività per iscrizione
-- title.en: Activities by registration
-- description.it: Ogni attività valida con il territorio dell'iscrizione che nomina; di chi non ne ha uno così dice marts.strays.
-- description.en: Each valid activity with the territory of the registration it names; marts.strays tells of those that have none that way.
-- grain: deed
-- materialize: table
-- column.deed.it: consegna e riga in un numero
-- column.deed.en: delivery and line in one number
-- column.person.it: la persona; manca se l'attività è per un datore di lavoro
-- column.person.en: the person; none where the activity is for an employer
-- column.own.it: se l'iscrizione è di quella persona; manca se non dà un territorio
-- column.own.en: whether the registration is that person's; none where it gives no territory
-- column.measure_no.it: la misura; 0: non è fra quelle note; vuoto: nessuna
-- column.measure_no.en: the measure; 0: not one of those known; empty: none

-- SAP events: 01 only proposed, 03 rejected, 04 refused, 06 and 07 annulled,
-- 08 deleted. What was begun and then abandoned (05) or closed in any other
-- way stays valid, so that coverage does not fall when the books are closed.
WITH places AS (
  SELECT registration, person, district_no FROM marts.entries WHERE district_no IS NOT NULL
), valid AS (
  SELECT load_id, line, CASE WHEN beneficiary_kind = 'person' THEN hash(person_id) END AS person,
         CASE WHEN beneficiary_kind = 'person' THEN hash(registration_id) END AS registration,
         lep, measure, started_on, provider_kind, standard_cost_eur
  FROM staging.services
  WHERE started_on IS NOT NULL
    AND last_event NOT IN ('01', '03', '04', '06', '07', '08')
)
SELECT CAST(v.load_id AS BIGINT) * 4294967296 + v.line AS deed, v.person, CAST(l.number AS SMALLINT) AS lep_no,
       CASE WHEN v.measure IS NOT NULL THEN CAST(coalesce(m.number, 0) AS SMALLINT) END AS measure_no, v.started_on,
       CAST(coalesce(k.number, 0) AS SMALLINT) AS provider_kind_no, CAST(v.standard_cost_eur AS DECIMAL(18, 4)) AS standard_cost_eur,
       p.district_no, p.person = v.person AS own
FROM valid v
LEFT JOIN places p ON p.registration = v.registration
LEFT JOIN marts.code_numbers l ON l.list = 'lep' AND l.code = v.lep
LEFT JOIN marts.code_numbers m ON m.list = 'measure_received' AND m.code = v.measure
LEFT JOIN marts.code_numbers k ON k.list = 'provider_kind' AND k.code = v.provider_kind
