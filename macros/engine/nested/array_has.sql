{% macro array_has(array, value) -%}
    {{ return(adapter.dispatch('array_has')(array, value)) }}
{%- endmacro %}

{% macro duckdb__array_has(array, value) -%}
    coalesce(list_contains({{ array }}, {{ value }}), false)
{%- endmacro %}

{% macro spark__array_has(array, value) -%}
    coalesce(array_contains({{ array }}, {{ value }}), false)
{%- endmacro %}
