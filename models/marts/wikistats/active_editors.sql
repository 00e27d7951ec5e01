{{ config(partition_by=['snapshot']) }}

with

editors as (

    select * from {{ rows_of_run_snapshot(ref('editors')) }}

),

-- The activity levels do not overlap, so their editors may be added.
active_editors as (

    select
        project,
        period_start,
        page_type,
        {{ bigint_sum('editors') }} as active_editors,
        snapshot
    from editors
    where
        granularity = 'monthly'
        and editor_type = 'user'
        and activity_level in ('5..24-edits', '25..99-edits', '100..-edits')
    group by
        project,
        period_start,
        page_type,
        snapshot

)

select * from active_editors
