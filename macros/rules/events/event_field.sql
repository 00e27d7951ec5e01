{% macro is_declared(table) -%}
    {#- Whether a stream of this table is declared, so that what is made of it can be made. -#}
    {{ return(table in declared_streams()) }}
{%- endmacro %}

{% macro event_field(columns, path, kind, values='text') -%}
    {#-
        A field of a refined event by its names, from the columns of its stream. It is NULL where
        these have no such field, or one of another kind, so that what is made of events needs no
        schema in full.
    -#}
    {%- set at = namespace(fields=columns, kind=none) -%}
    {%- for name in path -%}
        {%- set found = at.fields | selectattr('name', 'equalto', name) | map(attribute='type') | list -%}
        {%- set at.kind = found[0].kind if found else none -%}
        {%- set at.fields = found[0].get('fields', []) if found else [] -%}
    {%- endfor -%}
    {%- if at.kind == kind %}{{ return(field(path)) }}{% endif -%}
    {{ return('cast(null as ' ~ nested_type({'kind': kind, 'values': {'kind': values}, 'items': {'kind': values}}) ~ ')') }}
{%- endmacro %}
