-- Which AI chatbots send readers, to which projects, on the run's day?
--
-- A chatbot is told by the referer: readers who copy a link, and apps that send no referer, are not
-- seen, so these are lower bounds. The list of chatbots is the seed referer_hosts.

with

pageviews as (

    select * from {{ ref('pageview_hourly') }}
    where {{ in_run_days() }}

),

from_chatbots as (

    select
        project,
        referer_name,
        sum(view_count) as view_count,
        count(distinct page_title) as page_count
    from pageviews
    where
        agent_type = 'user'
        and referer_class = 'external (AI chatbot)'
    group by
        project,
        referer_name

)

select * from from_chatbots
order by view_count desc, project asc, referer_name asc
