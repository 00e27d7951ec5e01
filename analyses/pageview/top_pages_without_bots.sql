-- Which pages did people read most in the run's hour?
--
-- agent_type = 'user' leaves out programs that say so (spider) and those found by behaviour
-- (automated). Main pages, special pages and searches are in; namespace_id = 0 keeps articles only,
-- where the wiki sends it. A title of '-' is a view that names no page.

with

pageviews as (

    select * from {{ ref('pageview_hourly') }}
    where {{ in_run_hours() }}

),

top_pages as (

    select
        project,
        page_title,
        sum(view_count) as view_count
    from pageviews
    where
        agent_type = 'user'
        and page_title <> '-'
        and namespace_id = 0
    group by
        project,
        page_title
    order by
        view_count desc,
        project asc,
        page_title asc
    limit 20

)

select * from top_pages
order by view_count desc, project asc, page_title asc
