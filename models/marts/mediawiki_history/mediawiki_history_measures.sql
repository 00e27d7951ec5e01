{{ config(schema='wmf_raw', partition_by=['snapshot'], tags=['history_from_tables']) }}
{%- set histories = {
    'user': ['mediawiki_user_history', "'user'", 'caused_by_event_type', 'start_timestamp'],
    'page': ['mediawiki_page_history', "'page'", 'caused_by_event_type', 'start_timestamp'],
    'event': ['mediawiki_history', 'event_entity', 'event_type', 'event_timestamp'],
} %}

with

{% for history, (table, entity, type, time) in histories.items() -%}
{{ history }}_rows as (

    select
        *,
        {{ entity }} as entity,
        {{ type }} as type
    from {{ rows_of_run_snapshot(ref(table)) }}
    where coalesce(substr({{ time }}, 1, 7) <= snapshot, true)

),

{% endfor -%}
measured as (

    {% for history in histories %}
    {{ 'union all' if not loop.first }}
    select
        '{{ history }}' as history,
        wiki_db,
        entity as event_entity,
        type as event_type,
        {%- for measure, counts in history_measures().items() %}
        {{ counts.get(history, 'cast(null as bigint)') }} as {{ measure }},
        {%- endfor %}
        snapshot
    from {{ history }}_rows
    group by
        wiki_db,
        entity,
        type,
        snapshot
    {% endfor %}

)

select * from measured
