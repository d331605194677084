-- title.it: Periodi di occupazione
-- title.en: Spells of employment
-- description.it: I periodi di lavoro che valgono come occupazione. Un periodo copre il giorno d se inizia al più tardi quel giorno e non è finito prima.
-- description.en: Spells of work that count as employment. A spell covers day d if it starts on that day at the latest and has not ended before.
-- grain: relationship_id

SELECT relationship_id, person_id, start_on, end_on
FROM marts.spells
WHERE qualifying AND NOT stale
