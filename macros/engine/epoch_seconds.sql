{% macro epoch_seconds(text) -%}
    {{ return(adapter.dispatch('epoch_seconds')(text)) }}
{%- endmacro %}

{% macro duckdb__epoch_seconds(text) -%}
    cast(epoch(try_cast(substr({{ text }}, 1, 19) as timestamp)) as bigint)
{%- endmacro %}
