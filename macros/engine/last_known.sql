{% macro last_known(value) -%}
    {#- Before `over`: the last value of a window that is not NULL. -#}
    {{ return(adapter.dispatch('last_known')(value)) }}
{%- endmacro %}

{% macro duckdb__last_known(value) -%}
    last({{ value }} ignore nulls)
{%- endmacro %}

{% macro spark__last_known(value) -%}
    last({{ value }}, true)
{%- endmacro %}
