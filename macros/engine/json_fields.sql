{% macro json_fields(line, fields) -%}
    {{ return(adapter.dispatch('json_fields')(line, fields)) }}
{%- endmacro %}

{% macro duckdb__json_fields(line, fields) -%}
    from_json({{ line }}, '{ {%- for field in fields %}"{{ field }}":"VARCHAR"{{ ',' if not loop.last }}{% endfor -%} }')
{%- endmacro %}

{% macro spark__json_fields(line, fields) -%}
    from_json({{ line }}, '{% for field in fields %}`{{ field }}` string{{ ', ' if not loop.last }}{% endfor %}')
{%- endmacro %}
