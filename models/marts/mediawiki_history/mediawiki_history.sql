{{ config(partition_by=['snapshot'], tags=['history_from_tables']) }}

with

events as (

    select * from {{ ref('int_mediawiki_history__revision_events') }}
    union all
    select * from {{ ref('int_mediawiki_history__user_state_events') }}
    union all
    select * from {{ ref('int_mediawiki_history__page_state_events') }}

),

placed as (

    select
        *,
        {{ literal(run_snapshot()) }} as snapshot
    from events

)

select * from placed
