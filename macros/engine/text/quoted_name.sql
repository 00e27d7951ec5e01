{% macro quoted_name(name) -%}
    {#- Only this macro turns a name that a user has chosen into SQL. -#}
    {{ return(adapter.dispatch('quoted_name')(name)) }}
{%- endmacro %}

{% macro duckdb__quoted_name(name) -%}
    {{ return('"' ~ name | replace('"', '""') ~ '"') }}
{%- endmacro %}

{% macro spark__quoted_name(name) -%}
    {{ return('`' ~ name | replace('`', '``') ~ '`') }}
{%- endmacro %}
