{% macro map_of_columns(columns) -%}
    {#- A map from the names of columns to their values. -#}
    {%- set entries = {} -%}
    {%- for column in columns -%}{%- do entries.update({column: column}) -%}{%- endfor -%}
    {{ map_of(entries) }}
{%- endmacro %}

{% macro user_agent_keys() -%}
    {#- The keys of user_agent_map, in its order; each is a column where the map is taken apart. -#}
    {{ return([
        'browser_family', 'browser_major', 'device_family', 'os_family', 'os_major', 'os_minor',
        'wmf_app_version',
    ]) }}
{%- endmacro %}
