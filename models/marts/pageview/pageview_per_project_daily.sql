{{ config(partition_by=['year', 'month', 'day'], made_when_complete=true) }}

with

pageviews as (

    select
        {{ with_hyphen('project') }} as project,
        {{ with_hyphen('access_method') }} as access,
        agent_type as agent,
        view_count,
        year,
        month,
        day
    from {{ rows_of_run_days(ref('pageview_hourly')) }}

),

rolled_up as (

    select
        {{ serving_domain() }} as _domain,
        {{ or_all('project', 'all-projects') }} as project,
        {{ or_all('access', 'all-access') }} as access,
        {{ or_all('agent', 'all-agents') }} as agent,
        'daily' as granularity,
        {{ serving_timestamp() }} as timestamp,
        {{ serving_tid() }} as _tid,
        {{ bigint_sum('view_count') }} as v,
        year,
        month,
        day
    from pageviews
    group by year, month, day, cube(project, access, agent)

)

select * from rolled_up
