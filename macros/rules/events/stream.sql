{% macro stream(table) -%}
    {#- What is declared of the stream of a table, see wikilake/streams; an empty one while dbt parses. -#}
    {%- if not execute -%}
        {{ return({'sources': {}, 'columns': [], 'event': {'fields': []}, 'steps': ['geocoded_data', 'user_agent_map']}) }}
    {%- endif -%}
    {{ return(fromjson(run_query('select stream_facts(' ~ literal(table) ~ ')').columns[0].values()[0])) }}
{%- endmacro %}

{% macro field(parts) -%}
    {#- A column, or a field of one, by its names. -#}
    {%- set names = [] -%}
    {%- for part in parts %}{% do names.append(quoted_name(part)) %}{% endfor -%}
    {{ return(names | join('.')) }}
{%- endmacro %}

{% macro first_of(relation, paths, last='null') -%}
    {#- The first of several fields of an event that is not null. -#}
    {%- set fields = [] -%}
    {%- for path in paths %}{% do fields.append(relation ~ '.' ~ field(['event'] + path)) %}{% endfor -%}
    {{ return('coalesce(' ~ (fields + [last]) | join(', ') ~ ')' if fields else 'cast(' ~ last ~ ' as ' ~ dbt.type_string() ~ ')') }}
{%- endmacro %}
