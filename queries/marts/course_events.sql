-- title.it: Corsi iniziati e completati
-- title.en: Courses begun and completed
-- description.it: Per persona e trimestre, il primo corso iniziato e il primo completato, con quello che ne è seguito: completato, o occupata 180 giorni dopo.
-- description.en: By person and quarter, the first course begun and the first completed, with what followed: completed, or employed 180 days later.
-- grain: person_id, event, quarter
-- materialize: table
-- column.event.it: begun: corso iniziato; completed: corso completato
-- column.event.en: begun: course begun; completed: course completed
-- column.reached.it: iniziato: il corso risulta completato; completato: un periodo di occupazione copre il giorno della fine più 180
-- column.reached.en: begun: the course was completed; completed: a spell of employment covers the day of its end plus 180
-- column.opens_year.it: è il primo anche dell'anno
-- column.opens_year.en: it is the first one of the year too

WITH events AS (
  SELECT 'begun' AS event, enrolment_id, person_id, hash(person_id) AS person, started_on AS day, status = 'completed' AS completed, programme
  FROM staging.training
  UNION ALL
  SELECT 'completed', enrolment_id, person_id, hash(person_id), ended_on, true, programme
  FROM staging.training
  WHERE status = 'completed' AND ended_on IS NOT NULL
), placed AS (
  -- who never registered until that day has no territory and is not counted
  SELECT e.event, e.enrolment_id, e.person_id, e.person, e.day, e.completed, coalesce(e.programme, 'ordinary') AS programme,
         h.district_no, h.birth_year, h.traits
  FROM marts.homes h
  JOIN events e ON e.person = h.person AND e.day >= h.from_day AND e.day < h.until_day
), ordered AS (
  SELECT event, person_id, person, day, completed, programme, district_no, birth_year, traits,
         lag(day) OVER (PARTITION BY event, person ORDER BY day, enrolment_id) AS earlier_on
  FROM placed
), firsts AS (
  SELECT event, person_id, person, day, day + 180 AS checked_on, completed, programme, district_no, birth_year, traits,
         earlier_on IS NULL OR year(earlier_on) < year(day) AS opens_year
  FROM ordered
  WHERE earlier_on IS NULL OR date_trunc('quarter', earlier_on) < date_trunc('quarter', day)
)
SELECT f.person_id, f.event, year(f.day) || '-Q' || quarter(f.day) AS quarter, CAST(year(f.day) AS VARCHAR) AS year,
       f.opens_year, f.day,
       CASE f.event WHEN 'begun' THEN f.completed
                    ELSE w.person IS NOT NULL END AS reached,
       f.programme, d.code AS district, s.code AS sex, b.age_band, c.code AS citizenship, e.code AS education
FROM marts.working_times w
RIGHT JOIN firsts f ON f.person = w.person AND f.checked_on >= w.start_on AND f.checked_on <= coalesce(w.end_on, DATE '9999-12-31')
LEFT JOIN marts.code_numbers d ON d.list = 'geo' AND d.number = f.district_no
LEFT JOIN marts.code_numbers s ON s.list = 'sex' AND s.number = f.traits // 1000000000000000
LEFT JOIN marts.code_numbers c ON c.list = 'citizenship' AND c.number = f.traits // 1000000000 % 1000
LEFT JOIN marts.code_numbers e ON e.list = 'education' AND e.number = f.traits // 1000000 % 1000
LEFT JOIN marts.age_bands b ON b.age = year(f.day) - f.birth_year
