{% macro json_object_keys(line) -%}
    {{ return(adapter.dispatch('json_object_keys')(line)) }}
{%- endmacro %}

{% macro duckdb__json_object_keys(line) -%}
    {#-
        try() reads all 2,048 lines of a vector one by one when a single one is broken, which is
        dear; so what was cut off is sorted out before. DuckDB's parser takes a comma before the
        closing brace; JSON does not.
    -#}
    {%- set blanks = "' ' || chr(9) || chr(13)" -%}
    case
        when ltrim({{ line }}, ' ' || chr(9)) not like '{{ "{%" }}' then null
        when suffix({{ line }}, '"}') then try(json_keys({{ line }}))
        when not suffix(rtrim({{ line }}, {{ blanks }}), '}') then null
        when suffix(rtrim(left(rtrim({{ line }}, {{ blanks }}), -1), {{ blanks }}), ',') then null
        else try(json_keys({{ line }}))
    end
{%- endmacro %}

{% macro spark__json_object_keys(line) -%}
    {#-
        Spark's function does not look behind the object. Where the first closing brace ends the line
        there is nothing; else the line must be the one member of an array, and of an object. What
        else it takes, single quotes and bare control characters, json_fields does not.
    -#}
    case
        when startswith({{ line }}, '{{ "{" }}')
            and endswith({{ line }}, '}')
            -- Of bytes, since looking for a character in a text takes five times as long.
            and not contains(substring(cast({{ line }} as binary), 1, octet_length({{ line }}) - 1), X'7D')
            then json_object_keys({{ line }})
        when not {{ line }} rlike r'\A[ \t]*+[{]' then null
        when json_array_length('[' || {{ line }} || ']') = 1
            and json_object_keys('{{ '{"":' }}' || {{ line }} || '}') is not null
            then json_object_keys({{ line }})
    end
{%- endmacro %}
