{% macro json_fields(line, fields) -%}
    {{ return(adapter.dispatch('json_fields')(line, fields)) }}
{%- endmacro %}

{% macro duckdb__json_fields(line, fields) -%}
    {#-
        try() reads all 2,048 lines of a vector one by one when a single one is broken, which is
        dear; so what was cut off is sorted out before. DuckDB's parser takes a comma before the
        closing brace; JSON does not.
    -#}
    {%- set blanks = "' ' || chr(9) || chr(13)" -%}
    {%- set types -%}
        { {%- for field in fields %}"{{ field }}":"VARCHAR"{{ ',' if not loop.last }}{% endfor -%} }
    {%- endset -%}
    case
        when ltrim({{ line }}, ' ' || chr(9)) not like '{{ "{%" }}' then null
        when suffix({{ line }}, '"}') then try(from_json({{ line }}, '{{ types }}'))
        when not suffix(rtrim({{ line }}, {{ blanks }}), '}') then null
        when suffix(rtrim(left(rtrim({{ line }}, {{ blanks }}), -1), {{ blanks }}), ',') then null
        else try(from_json({{ line }}, '{{ types }}'))
    end
{%- endmacro %}

{% macro spark__json_fields(line, fields) -%}
    {#- What Spark could not read to the end it keeps in a field of its own. -#}
    from_json(
        {{ line }},
        '{% for field in fields %}`{{ field }}` string, {% endfor %}`_broken` string',
        map('columnNameOfCorruptRecord', '_broken', 'allowSingleQuotes', 'false')
    )
{%- endmacro %}
