-- From which countries is each project read?
--
-- The run's day. Countries with fewer than ten views of a project are left out: so few may be one
-- person. Without an address database every country is `--`.

with

projectviews as (

    select * from {{ ref('projectview_hourly') }}
    where {{ in_run_days() }} and agent_type = 'user'

),

countries as (

    select * from {{ ref('countries') }}

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

),

named as (

    select
        large_enough.project,
        large_enough.country_code,
        countries.name as country,
        large_enough.view_count
    from large_enough
    left join countries
        on large_enough.country_code = countries.iso_code

)

select * from named
order by view_count desc, project asc, country_code asc
