{{ truth_table(ref('truth_if_both_known'), ['value', 'other'], if_both_known('value', 'other'), where=in_force()) }}
