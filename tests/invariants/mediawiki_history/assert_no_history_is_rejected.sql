{{ config(severity='warn') }}
-- Lines that are no rows, and wikis that the namespace map lacks: they are rejected, so say so.
with

rejected as (

    select
        reason,
        wiki_db,
        sum(event_count) as events
    from {{ rows_of_run_snapshot(ref('mediawiki_history_rejected')) }}
    group by
        reason,
        wiki_db

)

select * from rejected
