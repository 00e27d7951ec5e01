{{ truth_table(ref('truth_history_ip_address'), ['name'], is_ip_address('name')) }}
