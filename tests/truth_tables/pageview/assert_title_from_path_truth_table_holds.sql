{{ truth_table(ref('truth_title_from_path'), ['path'], title_from_path('path'), where=in_force()) }}
