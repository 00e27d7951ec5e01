{% macro is_json_object(line) -%}
    {{ return(adapter.dispatch('is_json_object')(line)) }}
{%- endmacro %}

{% macro duckdb__is_json_object(line) -%}
    {#- DuckDB's parser takes a comma before the closing brace; JSON does not. -#}
    (
        json_valid({{ line }})
        and left(ltrim({{ line }}, ' ' || chr(9)), 1) = '{{ "{" }}'
        and not regexp_matches(right({{ line }}, 16), ',\s*[}]\s*$')
    )
{%- endmacro %}
