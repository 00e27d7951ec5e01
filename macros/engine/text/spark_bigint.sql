{% macro spark_bigint(text) -%}
    {{ return(adapter.dispatch('spark_bigint')(text)) }}
{%- endmacro %}

{% macro duckdb__spark_bigint(text) -%}
    case
        when regexp_matches({{ text }}, '^[\x00- ]*[+-]?([0-9]+([.][0-9]*)?|[.][0-9]*)[\x00- ]*$')
            then try_cast(
                regexp_extract({{ text }}, '^[\x00- ]*([+-]?)', 1) || '0' || regexp_extract({{ text }}, '^[^0-9.]*([0-9]*)', 1)
                as bigint
            )
    end
{%- endmacro %}

{% macro spark__spark_bigint(text) -%}
    {#- Not try_cast, which is stricter. -#}
    cast({{ text }} as bigint)
{%- endmacro %}
