{% macro user_agent_keys() -%}
    {#- The keys of user_agent_map, in its order; each is a column where the map is taken apart. -#}
    {{ return([
        'browser_family', 'browser_major', 'device_family', 'os_family', 'os_major', 'os_minor',
        'wmf_app_version',
    ]) }}
{%- endmacro %}

{% macro user_agent_map() -%}
    {#- user_agent_map from the columns that carry the names of its keys. -#}
    {%- set entries = {} -%}
    {%- for key in user_agent_keys() -%}{%- do entries.update({key: key}) -%}{%- endfor -%}
    {{ map_of(entries) }}
{%- endmacro %}
