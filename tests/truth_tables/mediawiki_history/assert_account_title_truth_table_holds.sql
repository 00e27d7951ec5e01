{{ truth_table(ref('truth_account_title'), ['text'], looks_like_account('text')) }}
