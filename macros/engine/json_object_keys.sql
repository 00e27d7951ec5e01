{% macro json_object_keys(line) -%}
    {{ return(adapter.dispatch('json_object_keys')(line)) }}
{%- endmacro %}

{% macro duckdb__json_object_keys(line) -%}
    {#- DuckDB's parser takes a comma before the closing brace; JSON does not. -#}
    case
        when ltrim({{ line }}, ' ' || chr(9)) not like '{{ "{%" }}' then null
        when not suffix({{ line }}, '"}') and regexp_matches(right({{ line }}, 16), ',\s*[}]\s*$') then null
        else try(json_keys({{ line }}))
    end
{%- endmacro %}
