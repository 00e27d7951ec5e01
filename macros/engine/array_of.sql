{% macro array_of(values) -%}
    {{ return(adapter.dispatch('array_of')(values)) }}
{%- endmacro %}

{% macro duckdb__array_of(values) -%}
    [{{ values | join(', ') }}]
{%- endmacro %}
