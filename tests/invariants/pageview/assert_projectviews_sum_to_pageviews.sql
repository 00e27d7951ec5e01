with

views as (

    select
        {{ hour_columns() }},
        project,
        access_method,
        agent_type,
        view_count as pageviews,
        0 as projectviews
    from {{ rows_of_run_hours(ref('pageview_hourly')) }}
    union all
    select
        {{ hour_columns() }},
        project,
        access_method,
        agent_type,
        0 as pageviews,
        view_count as projectviews
    from {{ rows_of_run_hours(ref('projectview_hourly')) }}

),

sums as (

    select
        {{ hour_columns() }},
        project,
        access_method,
        agent_type,
        sum(pageviews) as pageviews,
        sum(projectviews) as projectviews
    from views
    group by
        {{ hour_columns() }},
        project,
        access_method,
        agent_type

),

unbalanced as (

    select * from sums
    where pageviews <> projectviews

)

select * from unbalanced
