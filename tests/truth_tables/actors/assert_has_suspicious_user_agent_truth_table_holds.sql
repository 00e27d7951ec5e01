{{ truth_table(
    ref('truth_has_suspicious_user_agent'),
    ['user_agent_length'],
    has_suspicious_user_agent('user_agent_length'),
    types={'user_agent_length': 'int'},
) }}
