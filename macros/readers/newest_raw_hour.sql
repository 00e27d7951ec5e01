{% macro newest_raw_hour() -%}
    {#- A timestamp: the newest hour that has raw files of any source, NULL when there is none. -#}
    {%- set found = run_query('select newest_raw_hour()').columns[0].values()[0] -%}
    cast({{ literal(found) if found else 'null' }} as timestamp)
{%- endmacro %}
