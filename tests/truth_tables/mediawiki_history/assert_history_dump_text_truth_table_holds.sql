{{ truth_table(ref('truth_history_dump_text'), ['dumped'], unescaped_dump_text('dumped')) }}
