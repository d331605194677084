-- A spell of work ends before it starts: marts.spells must have dropped it.
-- severity: stop
-- override: never

SELECT relationship_id, start_on, end_on
FROM marts.spells
WHERE end_on < start_on
