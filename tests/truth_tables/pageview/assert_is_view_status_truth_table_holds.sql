{{ truth_table(ref('truth_is_view_status'), ['http_status'], is_view_status('http_status')) }}
