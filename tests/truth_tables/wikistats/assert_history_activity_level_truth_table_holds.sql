{{ truth_table(ref('truth_history_activity_level'), ['edits'], activity_level('edits'), types={'edits': 'bigint'}) }}
