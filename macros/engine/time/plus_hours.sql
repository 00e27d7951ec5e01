{% macro plus_hours(timestamp, hours) -%}
    {{ return(adapter.dispatch('plus_hours')(timestamp, hours)) }}
{%- endmacro %}

{% macro duckdb__plus_hours(timestamp, hours) -%}
    {{ timestamp }} + to_hours({{ hours }})
{%- endmacro %}

{% macro spark__plus_hours(timestamp, hours) -%}
    {{ timestamp }} + make_interval(0, 0, 0, 0, {{ hours }}, 0, 0)
{%- endmacro %}
