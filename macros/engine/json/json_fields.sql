{% macro json_fields(line, fields, key_count) -%}
    {{ return(adapter.dispatch('json_fields')(line, fields, key_count)) }}
{%- endmacro %}

{% macro duckdb__json_fields(line, fields, key_count) -%}
    {%- set types -%}
        { {%- for field in fields %}"{{ field }}":"VARCHAR"{{ ',' if not loop.last }}{% endfor -%} }
    {%- endset -%}
    case when {{ key_count }} is not null then from_json({{ line }}, '{{ types }}') end
{%- endmacro %}

{% macro spark__json_fields(line, fields, key_count) -%}
    {#- Spark keeps what it could not read to the end in a field of its own. -#}
    from_json(
        {{ line }},
        '{% for field in fields %}`{{ field }}` string, {% endfor %}`_broken` string',
        map('columnNameOfCorruptRecord', '_broken', 'allowSingleQuotes', 'false')
    )
{%- endmacro %}
