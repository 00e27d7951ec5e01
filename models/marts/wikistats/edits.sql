{{ config(partition_by=['snapshot']) }}

with

counted_events as (

    select * from {{ ref('int_wikistats__counted_events') }}

),

edits as (

    select
        project,
        granularity,
        period_start,
        editor_type,
        page_type,
        edits,
        net_bytes_diff,
        abs_bytes_diff,
        {{ literal(run_snapshot()) }} as snapshot
    from counted_events
    where edits > 0

)

select * from edits
