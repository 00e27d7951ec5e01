{% macro json_fields(line, fields) -%}
    {{ return(adapter.dispatch('json_fields')(line, fields)) }}
{%- endmacro %}

{% macro duckdb__json_fields(line, fields) -%}
    from_json({{ line }}, '{ {%- for field in fields %}"{{ field }}":"VARCHAR"{{ ',' if not loop.last }}{% endfor -%} }')
{%- endmacro %}

{% macro spark__json_fields(line, fields) -%}
    {#-
        Spark keeps what it could not read in a field of its own; the detour over an array looks at
        that field without reading the line again.
    -#}
    filter(
        array(from_json(
            {{ line }},
            '{% for field in fields %}`{{ field }}` string, {% endfor %}`_broken` string',
            map('columnNameOfCorruptRecord', '_broken', 'allowSingleQuotes', 'false')
        )),
        field -> field._broken is null
    )[0]
{%- endmacro %}
