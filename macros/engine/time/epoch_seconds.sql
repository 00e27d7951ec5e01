{% macro epoch_seconds(text) -%}
    {{ return(adapter.dispatch('epoch_seconds')(text)) }}
{%- endmacro %}

{% macro duckdb__epoch_seconds(text) -%}
    cast(epoch(try_cast(substr({{ text }}, 1, 19) as timestamp)) as bigint)
{%- endmacro %}

{% macro spark__epoch_seconds(text) -%}
    case
        when {{ text }} rlike '^[0-9]{4}-[0-9]{2}-[0-9]{2}'
            then cast(try_cast(substr({{ text }}, 1, 19) as timestamp) as bigint)
    end
{%- endmacro %}
