{{ truth_table(ref('truth_status_number'), ['http_status'], status_number('http_status')) }}
