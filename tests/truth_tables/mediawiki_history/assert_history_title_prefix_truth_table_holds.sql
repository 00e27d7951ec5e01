{{ truth_table(ref('truth_history_title_prefix'), ['canonical_name'], history_title_prefix('canonical_name')) }}
