{{ truth_table(ref('truth_is_parsed_user_agent'), ['user_agent'], is_parsed_user_agent('user_agent'), where=in_force()) }}
