-- title.it: Eventi di rapporti di lavoro, per datore
-- title.en: Events of work relationships, by employer
-- description.it: Quanti rapporti ogni datore ha avviato, finito e trasformato in un mese, per territorio, gruppo di contratto, settore, professione e, di quelli finiti, durata; serve solo a giudicare chi si riconoscerebbe in un numero.
-- description.en: How many relationships each employer began, ended and transformed in a month, by territory, contract group, sector, occupation and, of those ended, length; used only to judge who would be recognised in a number.
-- grain: measure, employer, district, month, contract_group, sector, occupation, length
-- materialize: table
-- column.employer.it: chiave breve dello pseudonimo di chi è datore quel giorno
-- column.employer.en: short key of the pseudonym of who is the employer that day
-- column.month.it: anno per dodici più mese, contato da zero
-- column.month.en: year times twelve plus month, counted from zero

WITH jobs AS (
  SELECT employer, last_employer, district, contract_group, sector, occupation, start_on, end_on, stabilised_on,
         CASE WHEN end_on = start_on THEN 'd1'
              WHEN end_on - start_on < 7 THEN 'd2_7'
              WHEN end_on - start_on < 30 THEN 'd8_30'
              WHEN end_on - start_on < 90 THEN 'd31_90'
              WHEN end_on - start_on < 180 THEN 'd91_180'
              WHEN end_on - start_on < 365 THEN 'd181_365'
              WHEN end_on IS NOT NULL THEN 'gt365' END AS length
  FROM marts.employer_spells
), events AS (
  SELECT 'starts' AS measure, employer, district, start_on AS happened_on, contract_group, sector, occupation, '_T' AS length FROM jobs
  UNION ALL
  SELECT 'ends', last_employer, district, end_on, contract_group, sector, occupation, length FROM jobs WHERE end_on IS NOT NULL
  UNION ALL
  SELECT 'transformations', last_employer, district, stabilised_on, contract_group, sector, occupation, '_T' FROM jobs WHERE stabilised_on IS NOT NULL
)
SELECT measure, employer, district, CAST(year(happened_on) * 12 + month(happened_on) - 1 AS INTEGER) AS month,
       contract_group, sector, occupation, length, count(*) AS jobs
FROM events
WHERE happened_on BETWEEN (SELECT complete_from FROM marts.completeness WHERE contract = 'placements')
  AND (SELECT complete_to FROM marts.completeness WHERE contract = 'placements')
GROUP BY ALL
