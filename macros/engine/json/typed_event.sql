{% macro typed_event(text, type) -%}
    {#- A plain JSON object, see wikilake/streams/reading.py, as a struct with the names of its keys. -#}
    {{ return(adapter.dispatch('typed_event')(text, type)) }}
{%- endmacro %}

{% macro duckdb__typed_event(text, type) -%}
    {%- set columns = {} -%}
    {%- for part in type.fields %}{% do columns.update({part.key: duckdb__nested_type(part.type, 'key')}) %}{% endfor -%}
    try(from_json({{ text }}, {{ literal(tojson(columns)) }}))
{%- endmacro %}

{% macro spark__typed_event(text, type) -%}
    {%- set columns = [] -%}
    {%- for part in type.fields %}{% do columns.append(spark__quoted_name(part.key) ~ ' ' ~ spark__nested_type(part.type, 'key')) %}{% endfor -%}
    from_json({{ text }}, {{ literal(columns | join(', ')) }})
{%- endmacro %}
