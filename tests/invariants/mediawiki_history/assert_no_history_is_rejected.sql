{{ config(severity='warn') }}
-- Broken lines, and wikis that the namespace map lacks, are rejected; this test says so.
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
