{{ truth_table(ref('truth_first_line'), ['text'], first_line('text')) }}
