{% macro json_double(text) -%}
    {{ return(adapter.dispatch('json_double')(text)) }}
{%- endmacro %}

{% macro duckdb__json_double(text) -%}
    case
        when regexp_matches({{ text }}, '^-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$')
            then try_cast({{ text }} as double)
    end
{%- endmacro %}

{% macro spark__json_double(text) -%}
    case
        when {{ text }} rlike {{ spark_regex('^-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$') }} then cast({{ text }} as double)
    end
{%- endmacro %}
