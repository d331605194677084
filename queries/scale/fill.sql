-- Invented rows of any number, for measuring only: their sizes, widths and
-- mixes are those of real archives, their values mean nothing. Each name
-- starting with a dollar sign is a number of the run.
CREATE OR REPLACE TEMP MACRO pseudonym(kind, i) AS upper(substr(md5(kind || i), 1, 24));
CREATE OR REPLACE TEMP MACRO share(i, salt) AS (hash(i * 1009 + salt) % 1000000) / 1000000.0;
CREATE OR REPLACE TEMP MACRO dated(first, i, salt, days) AS CAST(first + CAST(share(i, salt) * days AS INTEGER) AS DATE);
CREATE OR REPLACE TEMP TABLE places AS
SELECT row_number() OVER (ORDER BY comune) - 1 AS place, comune FROM reference.comuni WHERE geo IS NOT NULL;
CREATE OR REPLACE TEMP TABLE slugs AS
SELECT row_number() OVER (ORDER BY position) - 1 AS slug_no, slug FROM reference.lep WHERE beneficiary = 'person';
INSERT INTO ledger.deliveries
SELECT n, contract, contract, CASE contract WHEN 'placements' THEN 'personal' ELSE 'personal' END, '2022-2026', DATE '2022-01-01', DATE '2026-10-01',
       TIMESTAMP '2026-10-21', 'incremental', true, contract || '.csv', contract, 0, 0, 0, 0, 0, TIMESTAMP '2026-10-21'
FROM (VALUES (1, 'registrations'), (2, 'services'), (3, 'agreements'), (4, 'placements')) d(n, contract);
INSERT INTO raw.registrations BY NAME
SELECT pseudonym('r', i) AS registration_id, pseudonym('p', i) AS person_id,
       dated(DATE '2022-01-01', i, 1, 1734) AS registered_on,
       CASE WHEN share(i, 2) < 0.6 THEN dated(DATE '2022-01-01', i, 1, 1734) + CAST(30 + share(i, 3) * 500 AS INTEGER) END AS closed_on,
       CASE WHEN share(i, 2) < 0.4 THEN 'employed' WHEN share(i, 2) < 0.55 THEN 'expired' WHEN share(i, 2) < 0.6 THEN 'moved_out' END AS close_reason,
       CASE WHEN share(i, 4) < 0.53 THEN 'F' ELSE 'M' END AS sex,
       1960 + CAST(share(i, 5) * 47 AS INTEGER) AS birth_year,
       CASE WHEN share(i, 6) < 0.8 THEN 'it' WHEN share(i, 6) < 0.87 THEN 'eu' ELSE 'non_eu' END AS citizenship,
       CASE WHEN share(i, 7) < 0.4 THEN 'low' WHEN share(i, 7) < 0.8 THEN 'medium' ELSE 'high' END AS education,
       p.comune, CAST(share(i, 8) * 24 AS INTEGER) AS months_unemployed, share(i, 9) < 0.04 AS disability,
       '2022_3cl' AS profiling_scheme, 1 + CAST(share(i, 10) * 2 AS INTEGER) AS profiling_class,
       CASE WHEN share(i, 11) < 0.9 THEN dated(DATE '2022-01-01', i, 1, 1734) + CAST(share(i, 12) * 40 AS INTEGER) END AS profiled_on,
       DATE '2026-10-01' AS updated_on, 1 AS load_id, i + 2 AS line
FROM (SELECT i, CAST(share(i, 13) * 0.99 * (SELECT count(*) FROM places) AS BIGINT) AS place FROM range($persons) r(i)) r JOIN places p USING (place);
INSERT INTO raw.agreements BY NAME
SELECT pseudonym('a', i) AS agreement_id, pseudonym('p', i) AS person_id, pseudonym('r', i) AS registration_id,
       dated(DATE '2022-01-01', i, 1, 1734) + CAST(share(i, 21) * 110 AS INTEGER) AS signed_on,
       CASE WHEN share(i, 22) < 0.7 THEN 'gol' WHEN share(i, 22) < 0.76 THEN 'lr14' ELSE 'ordinary' END AS programme,
       CASE WHEN share(i, 22) < 0.7 THEN 1 + CAST(share(i, 23) * 3 AS INTEGER) END AS path,
       dated(DATE '2022-01-01', i, 1, 1734) + CAST(share(i, 21) * 110 AS INTEGER) AS assessed_on,
       share(i, 24) < 0.05 AS team_assessed, CASE WHEN share(i, 24) < 0.15 THEN share(i, 25) * 100 END AS fragility_score,
       CASE WHEN share(i, 26) < 0.5 THEN 'orientamento_specialistico|accompagnamento' ELSE 'accompagnamento|avviamento_formazione|ido_persona' END AS planned_leps,
       DATE '2026-10-01' AS updated_on, 3 AS load_id, i + 2 AS line
FROM range($persons) r(i);
INSERT INTO raw.services BY NAME
SELECT pseudonym('s', k) AS service_id, 'person' AS beneficiary_kind, pseudonym('p', k % $persons) AS person_id,
       pseudonym('r', k % $persons) AS registration_id, l.slug AS lep,
       CASE WHEN share(k, 31) < 0.1 THEN 'tirocinio' WHEN share(k, 31) < 0.2 THEN 'formazione' END AS measure,
       CASE WHEN share(k, 32) < 0.08 THEN '03' WHEN share(k, 32) < 0.5 THEN '10' ELSE '02' END AS last_event,
       dated(DATE '2022-01-01', k % $persons, 1, 1734) + CAST(share(k, 33) * 140 AS INTEGER) AS started_on,
       CASE WHEN share(k, 32) BETWEEN 0.08 AND 0.5 THEN dated(DATE '2022-01-01', k % $persons, 1, 1734) + 140 + CAST(share(k, 34) * 60 AS INTEGER) END AS ended_on,
       CASE WHEN share(k, 35) < 0.7 THEN 'cpi' ELSE 'accredited' END AS provider_kind, 'P' || k % 120 AS provider,
       1.5 AS hours, 35.5 AS standard_cost_eur, DATE '2026-10-01' AS updated_on, 2 AS load_id, k + 2 AS line
FROM (SELECT k, CAST(share(k, 36) * 0.9 * (SELECT count(*) FROM slugs) AS BIGINT) AS slug_no FROM range($services) r(k)) r JOIN slugs l USING (slug_no);
-- Of a relationship: its start, and by chance an extension, a transformation
-- and an end: two and a half events.
CREATE OR REPLACE TEMP TABLE jobs AS
SELECT j, j % $persons AS i, dated(DATE '2019-01-01', j, 41, 2780) AS start_on, 5 + CAST(power(share(j, 42), 3) * 900 AS INTEGER) AS days,
       share(j, 43) < 0.25 AS lasting, share(j, 44) AS mix, share(j, 45) AS fate, p.comune
FROM (SELECT j, CAST(share(j, 46) * 0.99 * (SELECT count(*) FROM places) AS BIGINT) AS place FROM range(CAST($events / 2.5 AS BIGINT)) r(j)) r JOIN places p USING (place);
INSERT INTO raw.placements BY NAME
SELECT pseudonym('e', j || event) AS event_id, pseudonym('j', j) AS relationship_id, pseudonym('p', i) AS person_id,
       pseudonym('f', j % 90000) AS employer_id, event, event_on, planned_end_on,
       CASE WHEN lasting THEN 'A.01.00' WHEN mix < 0.75 THEN 'A.02.00' WHEN mix < 0.85 THEN 'A.03.09' WHEN mix < 0.95 THEN 'A.05.02' ELSE 'C.01.00' END AS contract,
       'F' AS working_hours, transformation, cessation, 'G47.1' AS sector, '2007' AS sector_version,
       CAST(1 + j % 8 AS VARCHAR) || '.1.2.1.0' AS occupation, '2011' AS occupation_version,
       comune AS workplace_comune, CASE WHEN mix < 0.12 THEN 'UNISOMM' ELSE 'UNILAV' END AS form, false AS seasonal, false AS cancelled,
       event_on + 3 AS received_on, 4 AS load_id, j * 4 + place AS line
FROM (
  SELECT j, i, lasting, mix, comune, 2 AS place, 'start' AS event, start_on AS event_on, CASE WHEN NOT lasting THEN start_on + days END AS planned_end_on, NULL AS transformation, NULL AS cessation FROM jobs
  UNION ALL
  SELECT j, i, lasting, mix, comune, 3, 'extension', start_on + days, start_on + 2 * days, NULL, NULL FROM jobs WHERE NOT lasting AND fate < 0.72
  UNION ALL
  SELECT j, i, lasting, mix, comune, 4, 'transformation', start_on + days, NULL, 'DI', NULL FROM jobs WHERE NOT lasting AND fate > 0.86
  UNION ALL
  SELECT j, i, lasting, mix, comune, 5, 'end', start_on + 2 * days, NULL, NULL, 'AT' FROM jobs WHERE fate < 0.855
) e;
CHECKPOINT
