{{ truth_table(ref('truth_history_first_24_hours'), ['event_timestamp', 'event_user_creation_timestamp'], is_in_first_24_hours()) }}
