{% macro nested_type(type, names='name') -%}
    {#-
        A type of wikilake/streams/declarations.py in SQL. `names` says how the fields of structs are
        called: `name`, or `key` as in JSON.
    -#}
    {{ return(adapter.dispatch('nested_type')(type, names)) }}
{%- endmacro %}

{% macro duckdb__nested_type(type, names='name') -%}
    {%- if type.kind == 'array' -%}
        {{ return(duckdb__nested_type(type['items'], names) ~ '[]') }}
    {%- elif type.kind == 'map' -%}
        {{ return('map(varchar, ' ~ duckdb__nested_type(type['values'], names) ~ ')') }}
    {%- elif type.kind == 'struct' -%}
        {%- set fields = [] -%}
        {%- for part in type.fields %}{% do fields.append(duckdb__quoted_name(part[names]) ~ ' ' ~ duckdb__nested_type(part.type, names)) %}{% endfor -%}
        {{ return('struct(' ~ fields | join(', ') ~ ')') }}
    {%- endif -%}
    {{ return({'text': 'varchar', 'integer': 'bigint', 'number': 'double', 'boolean': 'boolean'}[type.kind]) }}
{%- endmacro %}

{% macro spark__nested_type(type, names='name') -%}
    {%- if type.kind == 'array' -%}
        {{ return('array<' ~ spark__nested_type(type['items'], names) ~ '>') }}
    {%- elif type.kind == 'map' -%}
        {{ return('map<string, ' ~ spark__nested_type(type['values'], names) ~ '>') }}
    {%- elif type.kind == 'struct' -%}
        {%- set fields = [] -%}
        {%- for part in type.fields %}{% do fields.append(spark__quoted_name(part[names]) ~ ': ' ~ spark__nested_type(part.type, names)) %}{% endfor -%}
        {{ return('struct<' ~ fields | join(', ') ~ '>') }}
    {%- endif -%}
    {{ return({'text': 'string', 'integer': 'bigint', 'number': 'double', 'boolean': 'boolean'}[type.kind]) }}
{%- endmacro %}
