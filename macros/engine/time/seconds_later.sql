{% macro seconds_later(timestamp, seconds) -%}
    {{ return(adapter.dispatch('seconds_later')(timestamp, seconds)) }}
{%- endmacro %}

{% macro duckdb__seconds_later(timestamp, seconds) -%}
    {{ timestamp }} + to_seconds({{ seconds }})
{%- endmacro %}

{% macro spark__seconds_later(timestamp, seconds) -%}
    timestamp_seconds(unix_timestamp({{ timestamp }}) + {{ seconds }})
{%- endmacro %}
