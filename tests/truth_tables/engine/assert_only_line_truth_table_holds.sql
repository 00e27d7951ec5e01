{{ truth_table(ref('truth_only_line'), ['text'], only_line('text')) }}
