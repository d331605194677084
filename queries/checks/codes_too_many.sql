-- A list has more codes than three digits count: persons and jobs are grouped by numbers of three digits a list, and the next one would be counted as another. Put codes of the list together.
-- severity: stop
-- override: never

-- Nines stand for all codes together.
SELECT list, max(number) AS codes
FROM marts.code_numbers
GROUP BY list
HAVING max(number) > 998
