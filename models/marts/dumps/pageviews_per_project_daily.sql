{{ config(partition_by=['year', 'month', 'day']) }}

with

views_of_days as (

    select
        project,
        access,
        agent,
        {{ bigint_sum('views') }} as views,
        year,
        month,
        day
    from {{ ref('int_dumps__views_of_days') }}
    group by project, access, agent, year, month, day

),

-- Without the files of all agents nobody knows how many views there were altogether.
days_of_all_agents as (

    select
        year,
        month,
        day
    from views_of_days
    group by year, month, day
    having count(distinct agent) = 3

),

counted as (

    select
        {{ serving_domain() }} as _domain,
        'pageviews' as dataset,
        {{ or_all('project', 'all-projects') }} as project,
        {{ or_all('access', 'all-access') }} as access,
        {{ or_all('agent', 'all-agents') }} as agent,
        'daily' as granularity,
        {{ serving_timestamp() }} as timestamp,
        {{ serving_tid() }} as _tid,
        {{ bigint_sum('views') }} as v,
        year,
        month,
        day
    from views_of_days
    group by year, month, day, cube(project, access, agent)

),

known as (

    select counted.*
    from counted
    left join days_of_all_agents
        on
            counted.year = days_of_all_agents.year
            and counted.month = days_of_all_agents.month
            and counted.day = days_of_all_agents.day
    where counted.agent <> 'all-agents' or days_of_all_agents.day is not null

)

select * from known
