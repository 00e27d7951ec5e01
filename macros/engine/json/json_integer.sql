{% macro json_integer(text) -%}
    {{ return(adapter.dispatch('json_integer')(text)) }}
{%- endmacro %}

{% macro duckdb__json_integer(text) -%}
    case
        when regexp_matches({{ text }}, '^-?[0-9]+$') then try_cast({{ text }} as bigint)
        else try_cast(trunc({{ json_double(text) }}) as bigint)
    end
{%- endmacro %}

{% macro spark__json_integer(text) -%}
    case
        when {{ text }} rlike {{ spark_regex('^-?[0-9]+$') }} then try_cast({{ text }} as bigint)
        -- Spark's cast makes the largest number of 2 to the 63rd, which is above it.
        when {{ json_double(text) }} < 9223372036854775808.0D
            then try_cast({{ json_double(text) }} as bigint)
    end
{%- endmacro %}
