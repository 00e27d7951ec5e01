-- How many of the views by people come from actors that are too busy to be people?
--
-- The run's hour. An actor is a signature of address, browser and language, so people behind one
-- proxy with one browser are one actor; one view per minute is a bound to play with. Where such
-- actors make much of the reading, label them (WIKILAKE_ACTOR_LABELS).

with

views as (

    select
        {{ map_value('pageview_info', 'project') }} as project,
        actor_signature
    from {{ ref('pageview_actor') }}
    where
        {{ in_run_hours() }}
        and is_pageview
        and agent_type = 'user'
        and actor_signature is not null

),

actors as (

    select
        project,
        actor_signature,
        count(*) as view_count
    from views
    group by
        project,
        actor_signature

),

by_project as (

    select
        project,
        count(*) as actor_count,
        sum(view_count) as view_count,
        sum(case when view_count > 60 then 1 else 0 end) as busy_actor_count,
        sum(case when view_count > 60 then view_count else 0 end) as busy_view_count,
        max(view_count) as most_views_of_an_actor
    from actors
    group by project

)

select * from by_project
order by busy_view_count desc, view_count desc, project asc
