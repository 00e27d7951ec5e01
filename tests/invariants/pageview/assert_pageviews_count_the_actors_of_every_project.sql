-- view_count counts each pageview whose project is not empty, once.
with

views as (

    select
        {{ hour_columns() }},
        {{ map_value('pageview_info', 'project') }} as project,
        agent_type,
        1 as count_actors,
        0 as view_count
    from {{ rows_of_run_hours(ref('pageview_actor')) }}
    where is_pageview
    union all
    select
        {{ hour_columns() }},
        project,
        agent_type,
        0 as count_actors,
        view_count
    from {{ rows_of_run_hours(ref('pageview_hourly')) }}

),

counts as (

    select
        {{ hour_columns() }},
        project,
        agent_type,
        sum(count_actors) as count_actors,
        sum(view_count) as view_count
    from views
    group by
        {{ hour_columns() }},
        project,
        agent_type

),

unbalanced as (

    select * from counts
    where view_count <> case when coalesce(project, '') = '' then 0 else count_actors end

)

select * from unbalanced
