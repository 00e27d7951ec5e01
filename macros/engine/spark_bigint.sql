{% macro spark_bigint(text) -%}
    {{ return(adapter.dispatch('spark_bigint')(text)) }}
{%- endmacro %}

{% macro duckdb__spark_bigint(text) -%}
    case
        when regexp_matches({{ text }}, '^[\x00- ]*[+-]?([0-9]+([.][0-9]*)?|[.][0-9]*)[\x00- ]*$')
            then try_cast(
                regexp_extract({{ text }}, '[+-]?') || '0' || regexp_extract({{ text }}, '^[^0-9.]*([0-9]*)', 1)
                as bigint
            )
    end
{%- endmacro %}
