with

views as (

    select
        project,
        access_method,
        agent_type,
        view_count as pageviews,
        0 as projectviews
    from {{ rows_of_run_hour(ref('pageview_hourly')) }}
    union all
    select
        project,
        access_method,
        agent_type,
        0 as pageviews,
        view_count as projectviews
    from {{ rows_of_run_hour(ref('projectview_hourly')) }}

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
