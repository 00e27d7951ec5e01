{{ truth_table(ref('truth_wmf_app_version'), ['user_agent'], wmf_app_version('user_agent')) }}
