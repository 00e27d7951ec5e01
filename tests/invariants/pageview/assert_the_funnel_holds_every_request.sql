-- The steps of the funnel add up to the requests of the hour, its last step to the pageviews, and its
-- first step of each project is reached by all of them. Every request has a project.
with

funnel as (

    select
        {{ hour_columns() }},
        webrequest_source,
        project,
        sum(request_count) as request_count,
        sum(case when pageview_condition = 'pageview' then request_count else 0 end) as pageviews,
        max(reached_count) as reached_count
    from {{ rows_of_run_hours(ref('pageview_funnel_hourly')) }}
    group by
        {{ hour_columns() }},
        webrequest_source,
        project

),

summed as (

    select
        coalesce(sum(request_count), 0) as requests,
        coalesce(sum(pageviews), 0) as pageviews,
        coalesce(sum(reached_count), 0) as reached,
        count(case when project is null then 1 end) as without_project
    from funnel

),

refined as (

    select
        count(*) as requests,
        count(case when is_pageview then 1 end) as pageviews
    from {{ rows_of_run_hours(ref('webrequest')) }}

),

different as (

    select
        summed.requests,
        summed.pageviews,
        summed.reached,
        summed.without_project,
        refined.requests as refined_requests,
        refined.pageviews as refined_pageviews
    from summed
    cross join refined
    where
        summed.requests <> refined.requests
        or summed.reached <> refined.requests
        or summed.pageviews <> refined.pageviews
        or summed.without_project > 0

)

select * from different
