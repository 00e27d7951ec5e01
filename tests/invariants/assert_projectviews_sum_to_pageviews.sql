with

views as (

    select
        project,
        access_method,
        agent_type,
        view_count as pageviews,
        0 as projectviews
    from {{ ref('pageview_hourly') }}
    where {{ in_run_hour() }}
    union all
    select
        project,
        access_method,
        agent_type,
        0 as pageviews,
        view_count as projectviews
    from {{ ref('projectview_hourly') }}
    where {{ in_run_hour() }}

),

sums as (

    select
        project,
        access_method,
        agent_type,
        sum(pageviews) as pageviews,
        sum(projectviews) as projectviews
    from views
    group by
        project,
        access_method,
        agent_type

),

unbalanced as (

    select * from sums
    where pageviews <> projectviews

)

select * from unbalanced
