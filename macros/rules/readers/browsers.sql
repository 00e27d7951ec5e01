{% macro browser_row(keys, view_count='view_count') -%}
    {#- The columns of a row of browser_general; what is not among `keys` gets its unknown word. -#}
    access_method,
    {%- for column in ['os_family', 'os_major', 'browser_family', 'browser_major'] %}
    {{ column if column in keys else literal(variable(column ~ '_unknown')) }} as {{ column }},
    {%- endfor %}
    {{ view_count }} as view_count,
    day
{%- endmacro %}
