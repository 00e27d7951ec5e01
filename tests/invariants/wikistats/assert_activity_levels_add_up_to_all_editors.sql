-- An editor has one activity level, so the levels add up to all.
with

editors as (

    select
        project,
        granularity,
        period_start,
        editor_type,
        page_type,
        sum(case when activity_level = 'all-activity-levels' then editors else 0 end) as editors,
        sum(case when activity_level = 'all-activity-levels' then 0 else editors end)
            as editors_of_levels
    from {{ rows_of_run_snapshot(ref('editors')) }}
    group by
        project,
        granularity,
        period_start,
        editor_type,
        page_type

),

unbalanced as (

    select * from editors
    where editors <> editors_of_levels

)

select * from unbalanced
