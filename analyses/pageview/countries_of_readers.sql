-- From which countries is each project read?
--
-- The run's day. Countries with fewer than ten views of a project are left out: so few may be one
-- person. Without an address database every country is `--`.

with

projectviews as (

    select * from {{ ref('projectview_hourly') }}
    where {{ in_run_days() }} and agent_type = 'user'

),

by_country as (

    select
        project,
        country_code,
        sum(view_count) as view_count
    from projectviews
    group by
        project,
        country_code

),

large_enough as (

    select * from by_country
    where view_count >= 10

)

select * from large_enough
order by view_count desc, project asc, country_code asc
