{{ truth_table(ref('truth_language_variant'), ['path'], language_variant('path'), where=in_force()) }}
