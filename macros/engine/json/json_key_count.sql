{% macro json_key_count(line) -%}
    {{ return(adapter.dispatch('json_key_count')(line)) }}
{%- endmacro %}

{% macro duckdb__json_key_count(line) -%}
    {#-
        try() reads all 2,048 lines of a vector one by one when a single one is broken, which is
        expensive; so truncated lines are sorted out before. DuckDB's parser takes a comma before
        the closing brace; JSON does not.
    -#}
    {%- set blanks = "' ' || chr(9) || chr(13)" -%}
    case
        when prefix({{ line }}, '{{ "{" }}') and suffix({{ line }}, '"}') then try(len(json_keys({{ line }})))
        when ltrim({{ line }}, {{ blanks }}) not like '{{ "{%" }}' then null
        when not suffix(rtrim({{ line }}, {{ blanks }}), '}') then null
        when suffix(rtrim(left(rtrim({{ line }}, {{ blanks }}), -1), {{ blanks }}), ',') then null
        else try(len(json_keys({{ line }})))
    end
{%- endmacro %}

{% macro spark__json_key_count(line) -%}
    cast(null as bigint)
{%- endmacro %}
