{{ config(materialized='table') }}

with

history as (

    select * from {{ rows_of_run_snapshot(ref('mediawiki_user_history')) }}

),

-- In the order in which they are looked through for one that holds (D3).
numbered as (

    select
        *,
        row_number() over (
            partition by wiki_db
            order by
                user_id asc,
                start_timestamp asc nulls first,
                end_timestamp asc nulls first,
                source_log_id asc nulls first,
                caused_by_event_type asc
        ) as state_number,
        count(*) over (
            partition by
                wiki_db,
                user_id
        ) as state_count
    from history

),

-- A state of which no time is known stands back behind any other (R7).
dated as (

    select
        *,
        start_timestamp is not null or end_timestamp is not null or state_count = 1 as is_looked_up
    from numbered

)

select * from dated
