{{ truth_table(
    ref('truth_history_user_type'),
    ['event_user_is_anonymous', 'event_user_is_temporary', 'event_user_is_group_bot', 'event_user_is_name_bot'],
    history_user_type(),
    types={'event_user_is_anonymous': 'boolean', 'event_user_is_temporary': 'boolean', 'event_user_is_group_bot': 'boolean', 'event_user_is_name_bot': 'boolean'},
) }}
