-- Which pages do crawlers fetch again and again, while hardly anybody reads them?
--
-- The run's day. What crawlers like and people do not is often a page that links lead to but nobody
-- looks for: old revisions, lists, translations. Five fetches and four times the readers are bounds
-- to play with.

with

pageviews as (

    select * from {{ ref('pageview_hourly') }}
    where {{ in_run_days() }} and page_title <> '-'

),

counted as (

    select
        project,
        page_title,
        sum(case when agent_type = 'spider' then view_count else 0 end) as crawler_views,
        sum(case when agent_type = 'user' then view_count else 0 end) as reader_views
    from pageviews
    group by
        project,
        page_title

),

for_crawlers as (

    select * from counted
    where
        crawler_views >= 5
        and crawler_views >= 4 * reader_views

)

select * from for_crawlers
order by crawler_views desc, project asc, page_title asc
