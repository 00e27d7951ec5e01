{{ truth_table(
    ref('truth_is_delivered_file'),
    ['http_status', 'value'],
    'coalesce(' ~ is_delivered_file('http_status', 'value') ~ ', false)',
) }}
