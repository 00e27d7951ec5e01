{{ truth_table(
    ref('truth_json_object_keys'),
    ['line'],
    json_object_keys('json', 'field') ~ ' is not null',
    given={'json': strict_json('line'), 'key_count': json_key_count('json'), 'field': json_fields('json', raw_fields(), 'key_count')},
) }}
