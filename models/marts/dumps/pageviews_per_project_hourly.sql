{{ config(partition_by=['year', 'month', 'day', 'hour']) }}

with

views as (

    select
        dataset,
        project,
        access,
        agent,
        {{ bigint_sum('views') }} as views,
        {{ hour_columns() }}
    from {{ rows_of_run_hours(ref('pageviews_hourly')) }}
    group by dataset, project, access, agent, {{ hour_columns() }}

),

counted as (

    select
        {{ serving_domain() }} as _domain,
        dataset,
        {{ or_all('project', 'all-projects') }} as project,
        {{ or_all('access', 'all-access') }} as access,
        agent,
        'hourly' as granularity,
        {{ serving_timestamp(padded('hour')) }} as timestamp,
        {{ serving_tid() }} as _tid,
        {{ bigint_sum('views') }} as v,
        {{ hour_columns() }}
    from views
    group by dataset, agent, {{ hour_columns() }}, cube(project, access)

)

select * from counted
