-- A person who was forgotten; invented.
INSERT INTO ledger.erasures VALUES (1, 'person', 3, 3, 1, 'asked for', '2024-05-01');
INSERT INTO ledger.forgotten VALUES ('p9');
INSERT INTO ledger.pseudonyms VALUES ('fingerprint');
