{% macro event_rows(table) -%}
    {#-
        The events of the run's hours of one stream, and the lines that could not be read, each with
        its reason: the query of a staging model.

        Plain lines are read by the engine. Those in doubt are read by a function that writes them
        again as plain JSON (wikilake/streams/reading.py).
    -#}
    {%- set stream = stream(table) -%}
    with

    lines as (

        {{ event_lines(stream) }}

    ),

    checked as (

        select
            *,
            unreadable_reason is null and is_plain_event(line, {{ literal(table) }}) as is_plain
        from lines
        where line is not null or unreadable_reason is not null

    ),

    plain as (

        select
            {{ event_columns(stream, 'line', typed_event('line', stream.event)) }}
        from checked
        where is_plain

    ),

    odd as (

        select
            *,
            case
                when unreadable_reason is null then event_texts(line, {{ literal(table) }})
                else {{ array_of(['unreadable_reason']) }}
            end as texts
        from checked
        where not is_plain

    ),

    odd_members as (

        select
            file_name,
            line,
            topic,
            {{ unnested('texts') }} as text,
            {{ hour_columns() }}
        from odd

    ),

    odd_events as (

        select
            {{ event_columns(stream, 'text', "case when text like '{%' then " ~ typed_event('text', stream.event) ~ ' end') }}
        from odd_members

    )

    select * from plain
    union all
    select * from odd_events
{%- endmacro %}

{% macro event_columns(stream, text, event) -%}
    {#- The columns of a staging model: `text` is that of one event, or why a line is none. -#}
    {%- set is_event = text ~ " like '{%'" if text != 'line' else 'true' -%}
    {{ event }} as event,
    case when {{ is_event }} then md5({{ text }}) end as event_md5,
    case when not ({{ is_event }}) then {{ text }} end as rejection_reason,
    case when not ({{ is_event }}) then file_name end as rejected_file_name,
    case when not ({{ is_event }}) then line end as rejected_line,
    {%- if stream.datacenters %}
    {{ datacenter_of('topic', stream) }} as datacenter,
    {%- else %}
    cast(null as {{ dbt.type_string() }}) as datacenter,
    {%- endif %}
    {{ hour_columns() }}
{%- endmacro %}

{% macro datacenter_of(topic, stream) -%}
    {#- The data centre of a topic: what stands before the stream's name. -#}
    case {{ topic }}
        {%- for place in stream.datacenters %}
        when {{ literal(place ~ '.' ~ stream.stream) }} then {{ literal(place) }}
        {%- endfor %}
    end
{%- endmacro %}
