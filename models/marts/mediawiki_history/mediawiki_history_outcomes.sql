{{ config(schema='wmf_raw', partition_by=['snapshot'], tags=['history_from_tables']) }}

with

given_rows as (

    select * from {{ ref('int_mediawiki_history__given_rows') }}

),

log_events as (

    select
        *,
        {{ log_entity() }} as event_entity
    from {{ ref('stg_mediawiki__log_events') }}

),

counted as (

    select
        wiki_db,
        event_entity,
        event_type,
        outcome,
        reason,
        count(*) as event_count
    from {{ ref('int_mediawiki_history__event_outcomes') }}
    group by
        wiki_db,
        event_entity,
        event_type,
        outcome,
        reason
    union all
    select
        wiki_db,
        event_entity,
        event_type,
        'unreadable' as outcome,
        case event_entity when 'revision' then 'no_time_or_page' else 'no_time' end as reason,
        row_count as event_count
    from given_rows
    where not is_readable

),

-- What is more than once in the tables is one event (S2, S3, S5).
read_rows as (

    select
        wiki_db,
        event_entity,
        log_type as event_type,
        -count(*) as row_count
    from log_events
    group by
        wiki_db,
        event_entity,
        log_type
    union all
    select
        wiki_db,
        event_entity,
        event_type,
        -event_count as row_count
    from counted
    where
        event_entity = 'revision'
        and outcome <> 'unreadable'
    union all
    select
        wiki_db,
        event_entity,
        event_type,
        row_count
    from given_rows
    where is_readable

),

repeated as (

    select
        wiki_db,
        event_entity,
        event_type,
        'repeated' as outcome,
        'same_row' as reason,
        cast(sum(row_count) as bigint) as event_count
    from read_rows
    group by
        wiki_db,
        event_entity,
        event_type
    having sum(row_count) <> 0

),

together as (

    select * from counted
    union all
    select * from repeated

),

placed as (

    select
        *,
        {{ literal(run_snapshot()) }} as snapshot
    from together

)

select * from placed
