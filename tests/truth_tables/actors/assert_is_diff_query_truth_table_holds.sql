{{ truth_table(ref('truth_is_diff_query'), ['text'], is_diff_query('text')) }}
