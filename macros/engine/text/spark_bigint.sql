{% macro spark_bigint(text) -%}
    {{ return(adapter.dispatch('spark_bigint')(text)) }}
{%- endmacro %}

{% macro duckdb__spark_bigint(text) -%}
    case
        when regexp_matches({{ text }}, '^[\x00- \x7f]*[+-]?([0-9]+([.][0-9]*)?|[.][0-9]*)[\x00- \x7f]*$')
            then try_cast(
                regexp_extract({{ text }}, '^[\x00- \x7f]*([+-]?)', 1) || '0' || regexp_extract({{ text }}, '^[^0-9.]*([0-9]*)', 1)
                as bigint
            )
    end
{%- endmacro %}

{% macro spark__spark_bigint(text) -%}
    {#-
        Casts as Spark does without ANSI mode, in either mode: try_cast does not take a fraction.
    -#}
    coalesce(
        try_cast({{ text }} as bigint),
        case
            when {{ text }} rlike r'\A[\x00- \x7f]*[+-]?([0-9]+([.][0-9]*)?|[.][0-9]*)[\x00- \x7f]*\z'
                then try_cast(
                    regexp_extract({{ text }}, r'\A[\x00- \x7f]*([+-]?)', 1) || '0' || regexp_extract({{ text }}, r'\A[^0-9.]*([0-9]*)', 1)
                    as bigint
                )
        end
    )
{%- endmacro %}
