{%- set members = [] -%}
{%- set values = {'hostname': '"cp1"', 'server_pid': '"1"', 'sequence': '7', 'time_firstbyte': '0.25', 'ip': '"192.0.2.1"', 'response_size': '300', 'termination_state': '"--"'} -%}
{%- for name in raw_fields() -%}
{%- do members.append('"' ~ name ~ '":' ~ values.get(name, '"-"')) -%}
{%- endfor -%}
{%- set line = '{' ~ members | join(',') ~ '}' -%}
{{ truth_table(
    ref('truth_is_plain_line'),
    ['instead_of', 'written'],
    is_plain_line('line', 'field', 'key_count'),
    given={
        'line': "replace(" ~ literal(line) ~ ", instead_of, written)",
        'key_count': json_key_count('line'),
        'field': json_fields('line', raw_fields(), 'key_count'),
    },
) }}
