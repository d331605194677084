-- title.it: LEP e politiche avviate dopo la presa in carico GOL
-- title.en: LEP and policies started after taking in charge by GOL
-- description.it: Individui con almeno una politica avviata o conclusa dopo la presa in carico, in tutto e per LEP, alla data di riferimento.
-- description.en: Individuals with at least one policy started or ended after taking in charge, in all and by LEP, at the reference date.
-- grain: geo_level, geo, period_type, period, measure
-- protection: open
-- kind: observation
-- unit: persons
-- definition: gol_policies@1
-- method: gol_policies
-- universe.it: Individui raggiunti dal Programma GOL, dall'avvio alla data di riferimento
-- universe.en: Individuals reached by the GOL programme, from its start to the reference date
-- numerator.it: Individui con la politica avviata o conclusa dopo la presa in carico
-- numerator.en: Individuals with the policy started or ended after taking in charge
-- denominator.it: Individui raggiunti, compresi quelli presi in carico da pochi giorni
-- denominator.en: Individuals reached, those taken in charge a few days ago included
-- breakdowns:
-- source.it: INAPP e Ministero del lavoro, monitoraggio del Programma GOL, tavola 2.1
-- source.en: INAPP and Ministry of Labour, monitoring of the GOL programme, table 2.1
-- caveat.it.1: Cifre cumulate dall'avvio del Programma. Chi è entrato da poco conta nel denominatore quanto chi è entrato nel 2022: non è una copertura a finestra fissa.
-- caveat.en.1: Figures are cumulated since the start of the programme. A recent entrant counts in the denominator as much as one of 2022: this is no coverage within a fixed window.
-- caveat.it.2: Una persona con più politiche compare in più righe: i LEP non si sommano.
-- caveat.en.2: A person with several policies stands in several rows: LEP do not add up.
-- caveat.it.3: Le quote con almeno una politica sono quelle pubblicate; le quote per LEP sono calcolate qui sulle stesse cifre.
-- caveat.en.3: Shares with at least one policy are as published; shares by LEP are worked out here from the same figures.
-- caveat.it.4: Le tavole del 30/6/2024 attribuiscono le persone alle regioni con un'altra regola: il totale nazionale è lo stesso della tavola 1.1, le regioni no.
-- caveat.en.4: The tables of 30/6/2024 give persons to regions by another rule: the national total equals that of table 1.1, the regions do not.
-- caveat.it.5: Dal 2025 il Veneto segna una politica per quasi tutti (99,6–100 %), dal 61,2 % del 30/6/2024; Bolzano passa dal 4,1 al 92,2 %. Le regioni non registrano le politiche allo stesso modo e la serie si interrompe al 31/1/2025.
-- caveat.en.5: From 2025 Veneto records a policy for nearly everybody (99.6–100 %), after 61.2 % at 30/6/2024; Bolzano goes from 4.1 to 92.2 %. Regions do not record policies alike and the series breaks at 31/1/2025.
-- measure.reached.it: Individui raggiunti
-- measure.reached.en: Individuals reached
-- measure.reached.unit: persons
-- measure.with_policy.it: Con almeno una politica
-- measure.with_policy.en: With at least one policy
-- measure.with_policy.unit: persons
-- measure.with_policy_share.it: Quota con almeno una politica
-- measure.with_policy_share.en: Share with at least one policy
-- measure.with_policy_share.unit: percent
-- measure.with_policy_or_traineeship.it: Con almeno una politica o un tirocinio
-- measure.with_policy_or_traineeship.en: With at least one policy or traineeship
-- measure.with_policy_or_traineeship.unit: persons
-- measure.with_policy_or_traineeship_share.it: Quota con almeno una politica o un tirocinio
-- measure.with_policy_or_traineeship_share.en: Share with at least one policy or traineeship
-- measure.with_policy_or_traineeship_share.unit: percent
-- measure.lep_e.it: LEP E – Orientamento specialistico
-- measure.lep_e.en: LEP E – Specialist guidance
-- measure.lep_e.unit: persons
-- measure.lep_f1.it: LEP F1 – Accompagnamento al lavoro
-- measure.lep_f1.en: LEP F1 – Support into work
-- measure.lep_f1.unit: persons
-- measure.lep_f2.it: LEP F2 – Attivazione del tirocinio
-- measure.lep_f2.en: LEP F2 – Traineeship activation
-- measure.lep_f2.unit: persons
-- measure.lep_h.it: LEP H – Avviamento a formazione
-- measure.lep_h.en: LEP H – Referral to training
-- measure.lep_h.unit: persons
-- measure.lep_j.it: LEP J – Conciliazione dei tempi di lavoro e di cura
-- measure.lep_j.en: LEP J – Reconciliation of work and care
-- measure.lep_j.unit: persons
-- measure.lep_o.it: LEP O – Supporto all'autoimpiego
-- measure.lep_o.en: LEP O – Support for self-employment
-- measure.lep_o.unit: persons
-- measure.training_c07.it: Formazione C07 (comprende il digitale)
-- measure.training_c07.en: Training C07 (digital skills included)
-- measure.training_c07.unit: persons
-- measure.training_c11.it: Formazione C11 (non specifica sul digitale)
-- measure.training_c11.en: Training C11 (not specific to digital skills)
-- measure.training_c11.unit: persons
-- measure.training_c12.it: Formazione C12 (specifica sul digitale)
-- measure.training_c12.en: Training C12 (specific to digital skills)
-- measure.training_c12.unit: persons
-- measure.traineeship.it: Tirocinio dalle comunicazioni obbligatorie
-- measure.traineeship.en: Traineeship in compulsory communications
-- measure.traineeship.unit: persons
-- measure.lep_e_share.it: LEP E – Orientamento specialistico: quota dei raggiunti
-- measure.lep_e_share.en: LEP E – Specialist guidance: share of those reached
-- measure.lep_e_share.unit: percent
-- measure.lep_f1_share.it: LEP F1 – Accompagnamento al lavoro: quota dei raggiunti
-- measure.lep_f1_share.en: LEP F1 – Support into work: share of those reached
-- measure.lep_f1_share.unit: percent
-- measure.lep_f2_share.it: LEP F2 – Attivazione del tirocinio: quota dei raggiunti
-- measure.lep_f2_share.en: LEP F2 – Traineeship activation: share of those reached
-- measure.lep_f2_share.unit: percent
-- measure.lep_h_share.it: LEP H – Avviamento a formazione: quota dei raggiunti
-- measure.lep_h_share.en: LEP H – Referral to training: share of those reached
-- measure.lep_h_share.unit: percent
-- measure.lep_j_share.it: LEP J – Conciliazione dei tempi di lavoro e di cura: quota dei raggiunti
-- measure.lep_j_share.en: LEP J – Reconciliation of work and care: share of those reached
-- measure.lep_j_share.unit: percent
-- measure.lep_o_share.it: LEP O – Supporto all'autoimpiego: quota dei raggiunti
-- measure.lep_o_share.en: LEP O – Support for self-employment: share of those reached
-- measure.lep_o_share.unit: percent
-- measure.training_c07_share.it: Formazione C07 (comprende il digitale): quota dei raggiunti
-- measure.training_c07_share.en: Training C07 (digital skills included): share of those reached
-- measure.training_c07_share.unit: percent
-- measure.training_c11_share.it: Formazione C11 (non specifica sul digitale): quota dei raggiunti
-- measure.training_c11_share.en: Training C11 (not specific to digital skills): share of those reached
-- measure.training_c11_share.unit: percent
-- measure.training_c12_share.it: Formazione C12 (specifica sul digitale): quota dei raggiunti
-- measure.training_c12_share.en: Training C12 (specific to digital skills): share of those reached
-- measure.training_c12_share.unit: percent
-- measure.traineeship_share.it: Tirocinio dalle comunicazioni obbligatorie: quota dei raggiunti
-- measure.traineeship_share.en: Traineeship in compulsory communications: share of those reached
-- measure.traineeship_share.unit: percent

-- Shares are as published where the table has them. A share by LEP is ours, and
-- inherits the status of its count.
WITH figures AS (
  SELECT * FROM marts.official_figures WHERE dataset = 'gol_2_1'
), reached AS (
  SELECT geo, period, value FROM figures WHERE indicator = 'reached'
), counted AS (
  SELECT geo, period, indicator, value FROM figures
), published AS (
  SELECT f.geo_level, f.geo, f.period_type, f.period, f.indicator AS measure,
         CASE WHEN f.value IS NOT NULL THEN n.value END AS numerator,
         CASE WHEN f.value IS NOT NULL AND n.value IS NOT NULL THEN r.value END AS denominator,
         f.value, f.obs_status, f.reason, f.note_ids
  FROM figures f
  LEFT JOIN reached r ON r.geo = f.geo AND r.period = f.period
  LEFT JOIN counted n ON n.geo = f.geo AND n.period = f.period AND n.indicator || '_share' = f.indicator
), ours AS (
  SELECT f.geo_level, f.geo, f.period_type, f.period, f.indicator || '_share' AS measure,
         f.value AS numerator,
         CASE WHEN f.value IS NOT NULL THEN r.value END AS denominator,
         100 * f.value / nullif(r.value, 0) AS value,
         CASE WHEN f.value IS NULL OR coalesce(r.value, 0) > 0 THEN f.obs_status ELSE 'M' END AS obs_status,
         f.reason,
         concat_ws('|', f.note_ids, 'computed_here') AS note_ids
  FROM figures f
  LEFT JOIN reached r ON r.geo = f.geo AND r.period = f.period
  WHERE f.indicator LIKE 'lep_%' OR f.indicator LIKE 'training_%' OR f.indicator = 'traineeship'
)
SELECT geo_level, geo, period_type, period, measure, numerator, denominator, value,
       CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high, obs_status, reason, note_ids
FROM (SELECT * FROM published UNION ALL SELECT * FROM ours)
