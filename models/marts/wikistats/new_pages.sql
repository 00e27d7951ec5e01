{{ config(partition_by=['snapshot']) }}

with

counted_events as (

    select * from {{ ref('int_wikistats__counted_events') }}

),

new_pages as (

    select
        project,
        granularity,
        period_start,
        editor_type,
        page_type,
        new_pages,
        {{ literal(run_snapshot()) }} as snapshot
    from counted_events
    where new_pages > 0

)

select * from new_pages
