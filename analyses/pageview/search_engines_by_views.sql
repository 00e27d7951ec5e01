-- Which search engines lead people to the pages, and how much of all reading is that?
--
-- The run's day. The share is of all views by people, those without a referer included.

with

pageviews as (

    select * from {{ ref('pageview_hourly') }}
    where {{ in_run_days() }} and agent_type = 'user'

),

all_views as (

    select sum(view_count) as view_count from pageviews

),

engines as (

    select
        referer_name as search_engine,
        sum(view_count) as view_count
    from pageviews
    where referer_class = 'external (search engine)'
    group by referer_name

),

shares as (

    select
        engines.search_engine,
        engines.view_count,
        round(cast(engines.view_count as double) / all_views.view_count * 100, 2) as percent_of_views
    from engines
    cross join all_views

)

select * from shares
order by view_count desc, search_engine asc
