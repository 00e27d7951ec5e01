{% macro date_of(text) -%}
    {{ return(adapter.dispatch('date_of')(text)) }}
{%- endmacro %}

{% macro duckdb__date_of(text) -%}
    try_cast(substr({{ text }}, 1, 10) as date)
{%- endmacro %}
