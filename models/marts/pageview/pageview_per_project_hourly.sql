{{ config(partition_by=['year', 'month', 'day', 'hour']) }}

with

projectviews as (

    select
        {{ with_hyphen('project') }} as project,
        {{ with_hyphen('access_method') }} as access,
        agent_type as agent,
        view_count,
        {{ hour_columns() }}
    from {{ rows_of_run_hours(ref('projectview_hourly')) }}

),

rolled_up as (

    select
        {{ serving_domain() }} as _domain,
        {{ or_all('project', 'all-projects') }} as project,
        {{ or_all('access', 'all-access') }} as access,
        {{ or_all('agent', 'all-agents') }} as agent,
        'hourly' as granularity,
        {{ serving_timestamp(padded('hour')) }} as timestamp,
        {{ serving_tid() }} as _tid,
        {{ bigint_sum('view_count') }} as v,
        {{ hour_columns() }}
    from projectviews
    group by {{ hour_columns() }}, cube(project, access, agent)

)

select * from rolled_up
