{%- set keys = ['https', 'a', 'wprov', '-', ''] -%}
{%- set has_key -%}
    {%- call(key) by_literal('key', keys) -%}
        cast(coalesce({{ map_has_key('pairs', key) }}, false) as {{ dbt.type_string() }})
    {%- endcall -%}
{%- endset -%}
{%- set value -%}
    {%- call(key) by_literal('key', keys) -%}{{ map_value('pairs', key) }}{%- endcall -%}
{%- endset -%}
{{ truth_table(
    ref('truth_x_analytics_map'),
    ['x_analytics', 'key'],
    {
        'expected_has_map': 'pairs is not null',
        'expected_has_key': has_key,
        'expected_value': value,
    },
    given={'pairs': x_analytics_map(cleaned_x_analytics('x_analytics'))},
    where=in_force(),
) }}
