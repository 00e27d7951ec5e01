{% macro hour_timestamp() -%}
    {{ return(adapter.dispatch('hour_timestamp')()) }}
{%- endmacro %}

{% macro duckdb__hour_timestamp() -%}
    try_cast({{ padded('year', 4) }} || '-' || {{ padded('month') }} || '-' || {{ padded('day') }} || ' ' || {{ padded('hour') }} || ':00:00+00' as timestamptz)
{%- endmacro %}

{% macro spark__hour_timestamp() -%}
    {{ hour_start() }}
{%- endmacro %}
