{%- set second_reading = json_fields(json_with_lower_keys('text', 'keys'), raw_fields(), 'key_count') -%}
{%- set field = 'case when ' ~ are_plain_keys('keys') ~ ' then first_field else ' ~ second_reading ~ ' end' -%}
{{ truth_table(
    ref('truth_json_fields'),
    ['line'],
    {
        'expected_hostname': 'field.hostname',
        'expected_http_status': 'field.http_status',
        'expected_sequence': 'field.sequence',
    },
    given={
        'text': strict_json('line'),
        'key_count': json_key_count('text'),
        'first_field': json_fields('text', raw_fields(), 'key_count'),
        'keys': json_object_keys('text', 'first_field'),
        'field': field,
    },
) }}
