{{ truth_table(ref('truth_is_wiki_path'), ['path'], is_wiki_path('path'), where=in_force()) }}
