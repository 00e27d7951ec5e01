{%- set keys = ['a', 'b', 'c', 'A', 'ü', '', ' ', ' a'] -%}
{%- set has_key -%}
    {%- call(key) by_literal('key', keys) -%}
        cast({{ map_has_key('pairs', key) }} as {{ dbt.type_string() }})
    {%- endcall -%}
{%- endset -%}
{%- set value -%}
    {%- call(key) by_literal('key', keys) -%}{{ map_value('pairs', key) }}{%- endcall -%}
{%- endset -%}
{{ truth_table(
    ref('truth_str_to_map'),
    ['text', 'key'],
    {'expected_has_key': has_key, 'expected_value': value},
    given={'pairs': str_to_map('text', ';', '=')},
) }}
