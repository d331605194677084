-- Two releases of one view, the second with a number that changed; invented.
INSERT INTO ledger.releases VALUES (1, '2024-03', NULL, repeat('1', 64), 2, '2024-03-05', 'a program', '[region]', repeat('0', 64)),
  (2, '2024-04', '2024-03', repeat('2', 64), 3, '2024-04-05', 'a program', '[region]', repeat('0', 64));
INSERT INTO ledger.released_views VALUES (1, 'visits', 'visits@1', 2, 2), (2, 'visits', 'visits@1', 2, 1);
CREATE TABLE released.visits (geo VARCHAR, period VARCHAR, value DOUBLE, obs_status VARCHAR, release INTEGER);
INSERT INTO released.visits VALUES ('X', '2024-01', 2, 'A', 1), ('X', '2024-02', NULL, 'Q', 1), ('X', '2024-01', 3, 'A', 2);
