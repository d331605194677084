-- title.it: Esiti in numeri
-- title.en: Outcomes in numbers
-- description.it: Quello che i conteggi chiedono di ogni patto della coorte: esiti, giorni e numeri al posto dei nomi (marts.outcomes li dice per esteso).
-- description.en: What counts ask of each agreement of the cohort: outcomes, days, and numbers in the place of names (marts.outcomes spells them out).
-- grain: agreement
-- materialize: table

-- Persons have few stretches, so all horizons are read off one join by person
-- instead of one search per horizon.
WITH cohort AS MATERIALIZED (
  SELECT agreement, person, signed_on, gone_on, moved_on, quarter_no, district_no, traits, path_no, programme_no
  FROM marts.members
), horizons AS (
  SELECT max(days) FILTER (WHERE measure = 'employed_30') AS d30, max(days) FILTER (WHERE measure = 'employed_90') AS d90,
         max(days) FILTER (WHERE measure = 'employed_180') AS d180, max(days) FILTER (WHERE measure = 'employed_365') AS d365,
         max(days) FILTER (WHERE measure = 'employed_730') AS d730, max(days) FILTER (WHERE measure = 'days_365') AS worked,
         max(days) FILTER (WHERE measure = 'ever_90') AS ever_90, max(days) FILTER (WHERE measure = 'ever_180') AS ever_180,
         max(days) FILTER (WHERE measure = 'ever_365') AS ever_365, max(days) FILTER (WHERE measure = 'stable_365') AS placed,
         max(days) FILTER (WHERE indicator = 'out_time_to_job') AS curve,
         max(days) FILTER (WHERE measure = 'upgrade_180') AS u180, max(days) FILTER (WHERE measure = 'upgrade_365') AS u365
  FROM reference.horizons
  WHERE indicator IN ('out_employed', 'out_ever', 'out_days', 'out_stable', 'out_upgrade', 'out_time_to_job')
), stability AS (
  -- a job still open is as long as what is known of it
  SELECT c.settled_to, CAST(p.value AS INTEGER) AS stable_days
  FROM marts.completeness c
  JOIN reference.parameters p ON p.name = 'stable_days'
  WHERE c.contract = 'placements'
), groups AS (
  SELECT max(number) FILTER (WHERE code = 'open_ended') AS open_no, max(number) FILTER (WHERE code = 'apprenticeship') AS apprentice_no
  FROM marts.code_numbers
  WHERE list = 'contract_group'
), employed AS (
  SELECT c.agreement,
         bool_or(e.start_on <= c.signed_on) AS in_work,
         bool_or(e.start_on <= c.signed_on + h.d30 AND e.last_day >= c.signed_on + h.d30) AS employed_30,
         bool_or(e.start_on <= c.signed_on + h.d90 AND e.last_day >= c.signed_on + h.d90) AS employed_90,
         bool_or(e.start_on <= c.signed_on + h.d180 AND e.last_day >= c.signed_on + h.d180) AS employed_180,
         bool_or(e.start_on <= c.signed_on + h.d365 AND e.last_day >= c.signed_on + h.d365) AS employed_365,
         bool_or(e.start_on <= c.signed_on + h.d730 AND e.last_day >= c.signed_on + h.d730) AS employed_730,
         sum(greatest(least(e.last_day, c.signed_on + h.worked) - greatest(e.start_on, c.signed_on + 1) + 1, 0)) AS worked_days
  FROM (SELECT person, start_on, coalesce(end_on, DATE '9999-12-31') AS last_day FROM marts.working_times) e
  CROSS JOIN horizons h
  JOIN cohort c
    ON e.person = c.person AND e.last_day >= c.signed_on AND e.start_on <= c.signed_on + coalesce(greatest(h.d730, h.worked), 0)
  GROUP BY c.agreement
), works AS (
  SELECT s.person, s.start_on, s.end_on, s.stabilised_on, s.contract_group_no = g.open_no AS open_ended,
         s.contract_group_no IN (g.open_no, g.apprentice_no) AS lasting,
         coalesce(s.contract_group_no IN (g.open_no, g.apprentice_no)
           OR coalesce(s.end_on, t.settled_to) - s.start_on + 1 >= t.stable_days, false) AS stable
  FROM marts.spans s
  CROSS JOIN stability t
  CROSS JOIN groups g
  WHERE s.works
), near AS (
  -- the jobs of the member that may matter: those of the day of signing and of the year after
  SELECT c.agreement, c.signed_on, s.start_on, coalesce(s.end_on, DATE '9999-12-31') AS last_day,
         s.stabilised_on, s.open_ended, s.lasting, s.stable, h.u180, h.u365,
         CASE WHEN s.start_on > c.signed_on AND s.start_on <= c.signed_on + greatest(h.ever_365, h.placed, h.curve) THEN s.start_on - c.signed_on END AS after_days
  FROM works s
  CROSS JOIN horizons h
  JOIN cohort c
    ON s.person = c.person AND s.start_on <= c.signed_on + coalesce(greatest(h.ever_365, h.placed, h.curve, h.u365), 0)
   AND (s.end_on IS NULL OR s.end_on >= c.signed_on)
), jobs AS (
  -- a relationship is open-ended from its start, or from the day it was made so:
  -- of several jobs begun first, on one day, a stable one is enough
  SELECT agreement, min(after_days) AS after_days, min(CASE WHEN stable THEN after_days END) AS stable_after_days,
         bool_or(start_on <= signed_on AND (lasting OR stabilised_on <= signed_on)) AS secure,
         bool_or(start_on <= signed_on + u180 AND last_day >= signed_on + u180
           AND (open_ended OR stabilised_on <= signed_on + u180)) AS open_ended_180,
         bool_or(start_on <= signed_on + u365 AND last_day >= signed_on + u365
           AND (open_ended OR stabilised_on <= signed_on + u365)) AS open_ended_365
  FROM near
  GROUP BY agreement
)
SELECT c.agreement, c.signed_on, coalesce(e.in_work, false) AS in_work,
       coalesce(e.in_work AND NOT coalesce(j.secure, false), false) AS precarious,
       coalesce(e.employed_30, false) AS employed_30, coalesce(e.employed_90, false) AS employed_90,
       coalesce(e.employed_180, false) AS employed_180, coalesce(e.employed_365, false) AS employed_365,
       coalesce(e.employed_730, false) AS employed_730,
       coalesce(CAST(e.worked_days AS INTEGER), 0) AS worked_days,
       CAST(j.after_days AS INTEGER) AS job_after_days,
       coalesce(j.after_days <= h.ever_90, false) AS ever_90, coalesce(j.after_days <= h.ever_180, false) AS ever_180,
       coalesce(j.after_days <= h.ever_365, false) AS ever_365,
       coalesce(j.after_days <= h.placed, false) AS placed, coalesce(j.after_days <= h.placed AND j.stable_after_days = j.after_days, false) AS stable,
       coalesce(j.open_ended_180, false) AS open_ended_180, coalesce(j.open_ended_365, false) AS open_ended_365,
       c.gone_on - c.signed_on AS gone_after_days, c.moved_on - c.signed_on AS moved_after_days,
       c.quarter_no, c.district_no, c.traits, c.path_no, c.programme_no
FROM cohort c
CROSS JOIN horizons h
LEFT JOIN employed e ON e.agreement = c.agreement
LEFT JOIN jobs j ON j.agreement = c.agreement
