{% macro json_double(text) -%}
    {{ return(adapter.dispatch('json_double')(text)) }}
{%- endmacro %}

{% macro duckdb__json_double(text) -%}
    case
        when regexp_matches({{ text }}, '^-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$')
            then nullif(nullif(try_cast({{ text }} as double), cast('inf' as double)), cast('-inf' as double))
    end
{%- endmacro %}

{% macro spark__json_double(text) -%}
    case
        when {{ text }} rlike {{ spark_regex('^-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$') }} then nullif(nullif(cast({{ text }} as double), double('inf')), double('-inf'))
    end
{%- endmacro %}
