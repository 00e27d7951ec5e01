{{ truth_table(ref('truth_is_mobile_agent'), ['user_agent'], is_mobile_agent('user_agent')) }}
