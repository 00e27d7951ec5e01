{{ config(materialized='table') }}

with

history as (

    select * from {{ rows_of_run_snapshot(ref('mediawiki_page_history')) }}

),

-- The first state of a page is taken to begin with the first edit (D2).
begun as (

    select
        *,
        case
            when page_first_state and page_first_edit_timestamp < start_timestamp then page_first_edit_timestamp
            else start_timestamp
        end as holds_from
    from history

),

-- In the order in which they are looked through for one that holds (D3).
numbered as (

    select
        *,
        row_number() over (
            partition by wiki_db
            order by
                page_id asc,
                holds_from asc nulls first,
                end_timestamp asc nulls first,
                source_log_id asc nulls first,
                caused_by_event_type asc,
                page_title_historical asc
        ) as state_number,
        count(*) over (
            partition by
                wiki_db,
                page_id
        ) as state_count
    from begun

),

-- A state of which no time is known stands back behind any other (R7).
dated as (

    select
        *,
        page_id > 0
        and (start_timestamp is not null or end_timestamp is not null or state_count = 1) as is_looked_up
    from numbered

)

select * from dated
