-- What share of the day's views do programs make, and what gave them away?
--
-- People, crawlers that say so in their user agent, and automated actors by the rule that found them. Views
-- that only `wikilake settle` moved count with their reason, too.

with

agents as (

    select * from {{ ref('pageview_agents_hourly') }}
    where {{ in_run_days() }}

),

by_reason as (

    select
        agent_type,
        automated_reason,
        sum(view_count) as view_count,
        sum(case when is_settled then view_count else 0 end) as settled_view_count
    from agents
    group by
        agent_type,
        automated_reason

),

shares as (

    select
        agent_type,
        automated_reason,
        view_count,
        settled_view_count,
        round(100.0 * view_count / nullif(sum(view_count) over (), 0), 2) as percent_of_views
    from by_reason

)

select * from shares
order by view_count desc, agent_type asc, automated_reason asc
