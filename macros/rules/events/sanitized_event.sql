{% macro sanitized_event(table, events) -%}
    {#-
        What the allowlist keeps of one stream's refined events: the query of a mart. `events` is its
        refined table. Every column is one expression that the list's rules make.
    -#}
    {%- set stream = stream(table) -%}
    {%- set rules = event_rules(table) -%}
    with

    events as (

        select * from {{ rows_of_run_hours(events) }}

    ),

    with_hashes as (

        select
            *{{ hashes_of_maps(stream.columns, rules) }}
        from events

    ),

    sanitized as (

        select
            {%- for column in stream.columns %}
            {{ sanitized_value(quoted_name(column.name), column.type, rules.get(column.name)) }} as {{ quoted_name(column.name) }},
            {%- endfor %}
            {%- if stream.datacenters %}
            datacenter,
            {%- endif %}
            {{ hour_columns() }}
        from with_hashes

    )

    select * from sanitized
{%- endmacro %}

{% macro event_rules(table) -%}
    {#-
        The allowlist's rules of a table's columns (wikilake/streams/allowlist.py). Before a table is
        made of which something is hashed, each hour of the run must have its salt.
    -#}
    {%- if not execute %}{{ return({}) }}{% endif -%}
    {%- set window = run_window() -%}
    {%- set made = 'yes' if flags.WHICH in ('run', 'build') else '' -%}
    {%- set asked = literals([table, variable('sanitize_map_keys'), window.first, window.end, made]) -%}
    {{ return(fromjson(run_query('select stream_rules(' ~ asked ~ ')').columns[0].values()[0])) }}
{%- endmacro %}

{% macro sanitized_value(value, type, rule, in_map=false) -%}
    {#- A value by its rule; without one it is purged. `in_map` is said of what lies in a map's value. -#}
    {%- if rule in ('keep', 'keep_all') -%}
        {{ return(value) }}
    {%- elif rule == 'hash' -%}
        {{ return(event_hash_in_map(value) if in_map else event_hash(value)) }}
    {%- elif type.kind == 'map' and rule -%}
        {{ return(sanitized_map(value, type, rule)) }}
    {%- elif type.kind == 'map' -%}
        {{ return('case when ' ~ value ~ ' is not null then ' ~ empty_map(type) ~ ' end') }}
    {%- elif type.kind == 'struct' and rule -%}
        {%- set members = {} -%}
        {%- for part in type.fields -%}
            {%- do members.update({part.name: sanitized_value(value ~ '.' ~ quoted_name(part.name), part.type, rule.get(part.name), in_map)}) -%}
        {%- endfor -%}
        {{ return('case when ' ~ value ~ ' is not null then ' ~ struct_of(members) ~ ' end') }}
    {%- endif -%}
    {{ return('cast(null as ' ~ nested_type(type) ~ ')') }}
{%- endmacro %}
