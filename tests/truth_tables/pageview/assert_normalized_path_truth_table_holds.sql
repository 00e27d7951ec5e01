{{ truth_table(ref('truth_normalized_path'), ['uri_path'], normalized_path('uri_path'), where=in_force()) }}
