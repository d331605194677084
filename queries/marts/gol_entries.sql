-- title.it: Ingressi nel Programma GOL e corsi conclusi
-- title.en: Entries into the GOL programme and courses completed
-- description.it: Una riga per persona e passo: la prima presa in carico (patto GOL), la prima formazione GOL conclusa, la prima conclusa in competenze digitali.
-- description.en: One row per person and step: the first taking in charge (GOL agreement), the first GOL training completed, the first completed in digital skills.
-- grain: person, step
-- column.path.it: percorso del patto GOL; per i corsi, dell'ultimo patto GOL firmato fino a quel giorno
-- column.path.en: path of the GOL agreement; of courses, that of the last GOL agreement signed by that day
-- column.vulnerable.it: donna, disoccupata da 12 mesi o più, con disabilità, sotto i 30 anni o di 55 anni e più
-- column.vulnerable.en: woman, unemployed for 12 months or more, disabled, under 30 or aged 55 and over

-- For reading: counts ask marts.gol_steps.
SELECT t.person, n.step, t.entered_on, p.code AS path, d.code AS district, s.code AS sex, b.code AS age_band,
       t.woman, t.long_term, t.disabled, t.under_30, t.over_55, t.vulnerable
FROM marts.gol_steps t
JOIN (VALUES (1, 'taken_in_charge'), (2, 'trained'), (3, 'trained_digital')) AS n (step_no, step) ON n.step_no = t.step_no
LEFT JOIN marts.code_numbers p ON p.list = 'path' AND p.number = t.path_no
LEFT JOIN marts.code_numbers d ON d.list = 'geo' AND d.number = t.district_no
LEFT JOIN marts.code_numbers s ON s.list = 'sex' AND s.number = t.sex_no
LEFT JOIN marts.code_numbers b ON b.list = 'age_band' AND b.number = t.age_band_no
