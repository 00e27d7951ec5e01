{% macro array_of(values) -%}
    {{ return(adapter.dispatch('array_of')(values)) }}
{%- endmacro %}

{% macro duckdb__array_of(values) -%}
    [{{ values | join(', ') }}]
{%- endmacro %}

{% macro spark__array_of(values) -%}
    array({{ values | join(', ') }})
{%- endmacro %}
