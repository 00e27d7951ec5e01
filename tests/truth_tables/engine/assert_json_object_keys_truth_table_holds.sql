{{ truth_table(
    ref('truth_json_object_keys'),
    ['line'],
    json_object_keys('line', 'field') ~ ' is not null',
    given={'key_count': json_key_count('line'), 'field': json_fields('line', raw_fields(), 'key_count')},
) }}
