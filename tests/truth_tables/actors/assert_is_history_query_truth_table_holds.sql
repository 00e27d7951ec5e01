{{ truth_table(ref('truth_is_history_query'), ['uri_query'], is_history_query('uri_query')) }}
