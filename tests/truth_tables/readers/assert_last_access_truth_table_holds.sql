{{ truth_table(ref('truth_last_access'), ['text'], last_access('text')) }}
