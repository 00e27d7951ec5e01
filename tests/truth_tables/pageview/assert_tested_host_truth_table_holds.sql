{{ truth_table(ref('truth_tested_host'), ['trimmed_host'], tested_host('trimmed_host'), where=in_force()) }}
