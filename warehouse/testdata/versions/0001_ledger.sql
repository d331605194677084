-- Three deliveries, of which the second replaces the first; invented.
CREATE TABLE raw.visits (visit_id VARCHAR, person_id VARCHAR, "on" DATE, load_id INTEGER NOT NULL, line BIGINT NOT NULL);
INSERT INTO ledger.deliveries VALUES
  (nextval('ledger.load_id'), 'visits', 'visits', 'personal', '2024-01', '2024-01-01', '2024-02-01', '2024-02-03 10:00:00', 'full', false, 'visits_2024-01.csv', repeat('a', 64), 100, 3, 2, 1, 0, '2024-02-03 11:00:00'),
  (nextval('ledger.load_id'), 'visits', 'visits', 'personal', '2024-01', '2024-01-01', '2024-02-01', '2024-02-10 10:00:00', 'full', false, 'visits_2024-01b.csv', repeat('b', 64), 90, 2, 2, 0, 0, '2024-02-10 11:00:00'),
  (nextval('ledger.load_id'), 'visits', 'visits', 'personal', '2024-02', '2024-02-01', '2024-03-01', '2024-03-03 10:00:00', 'incremental', false, 'visits_2024-02.csv', repeat('c', 64), 40, 1, 1, 0, 0, '2024-03-03 11:00:00');
INSERT INTO ledger.quarantine VALUES (1, 4, 'on', 'type', 'text(10)');
INSERT INTO raw.visits VALUES ('v1', 'p1', '2024-01-05', 1, 2), ('v2', 'p2', '2024-01-06', 1, 3),
  ('v1', 'p1', '2024-01-05', 2, 2), ('v2', 'p2', '2024-01-07', 2, 3), ('v3', 'p1', '2024-02-01', 3, 2);
