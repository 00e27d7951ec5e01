{% macro array_without_nulls(values) -%}
    {{ return(adapter.dispatch('array_without_nulls')(values)) }}
{%- endmacro %}

{% macro duckdb__array_without_nulls(values) -%}
    list_filter([{{ values | join(', ') }}], lambda value: value is not null)
{%- endmacro %}

{% macro spark__array_without_nulls(values) -%}
    array_compact(array({{ values | join(', ') }}))
{%- endmacro %}
