-- A LEP has a rule of entitlement but no window in days, or a rule that no view knows: give it a window, or the rule no_rule.
-- severity: stop
-- override: never

SELECT slug, entitlement_rule
FROM reference.lep
WHERE entitlement_rule NOT IN ('every', 'planned', 'fragility', 'no_rule')
   OR (entitlement_rule <> 'no_rule' AND window_days IS NULL)
