{% macro json_integer(text) -%}
    {{ return(adapter.dispatch('json_integer')(text)) }}
{%- endmacro %}

{% macro duckdb__json_integer(text) -%}
    case
        when regexp_matches({{ text }}, '^-?[0-9]+$') then try_cast({{ text }} as bigint)
        else try_cast(trunc({{ json_double(text) }}) as bigint)
    end
{%- endmacro %}
