{{ truth_table(ref('truth_bot_name'), ['text'], has_bot_name('text')) }}
