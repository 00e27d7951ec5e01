{{ config(partition_by=['snapshot']) }}

with

counted_events as (

    select * from {{ ref('int_wikistats__counted_events') }}

),

-- The types of a registration describe who made it, which is of no use: only their `all` is shown.
new_registered_users as (

    select
        project,
        granularity,
        period_start,
        new_registered_users,
        {{ literal(run_snapshot()) }} as snapshot
    from counted_events
    where
        editor_type = 'all-editor-types'
        and page_type = 'all-page-types'
        and new_registered_users > 0

)

select * from new_registered_users
