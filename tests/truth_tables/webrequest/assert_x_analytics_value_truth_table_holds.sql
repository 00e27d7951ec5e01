{%- set value -%}
    {%- call(key) by_literal('key', ['preview', 'pageview']) -%}
        {{ x_analytics_value('x_analytics', 'pairs', key) }}
    {%- endcall -%}
{%- endset -%}
{{ truth_table(
    ref('truth_x_analytics_value'),
    ['x_analytics', 'key'],
    value,
    given={'pairs': x_analytics_map(cleaned_x_analytics('x_analytics'))},
    where=in_force(),
) }}
