-- How much of each project's reading came from mobile devices on the run's day?
--
-- Website and app apart, in percent of the views by people. The day is as complete as the hours
-- that have been built. Small projects are left out, since their shares are mere chance.

with

projectviews as (

    select * from {{ ref('projectview_hourly') }}
    where {{ in_run_days() }}

),

counted as (

    select
        project,
        sum(view_count) as view_count,
        sum(case when access_method = 'mobile web' then view_count else 0 end) as mobile_web_count,
        sum(case when access_method = 'mobile app' then view_count else 0 end) as mobile_app_count
    from projectviews
    where agent_type = 'user'
    group by project

),

shares as (

    select
        project,
        view_count,
        round(cast(mobile_web_count as double) / view_count * 100, 1) as percent_mobile_web,
        round(cast(mobile_app_count as double) / view_count * 100, 1) as percent_mobile_app
    from counted
    where view_count >= 10

)

select * from shares
order by view_count desc, project asc
