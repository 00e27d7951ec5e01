-- When do people come, and when do crawlers?
--
-- Views of each hour (UTC) of the run's day. People sleep and crawlers do not: a night that does not
-- fall off points to crawlers that say they are people.

with

projectviews as (

    select * from {{ ref('projectview_hourly') }}
    where {{ in_run_days() }}

),

by_hour as (

    select
        hour,
        sum(case when agent_type = 'user' then view_count else 0 end) as reader_views,
        sum(case when agent_type = 'spider' then view_count else 0 end) as crawler_views,
        sum(case when agent_type = 'automated' then view_count else 0 end) as automated_views
    from projectviews
    group by hour

)

select * from by_hour
order by hour
