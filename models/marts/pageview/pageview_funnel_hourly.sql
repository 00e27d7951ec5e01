{{ config(partition_by=['year', 'month', 'day', 'hour']) }}
-- This lies behind the gate: the measures say which hours it holds back.
-- depends_on: {{ ref('data_quality_metrics') }}

with

requests as (

    select * from {{ rows_of_run_hours(ref('webrequest'), hidden_columns=true) }}

),

conditions as (

    select * from {{ ref('pageview_conditions') }}

),

hosts as (

    select * from {{ ref('int_webrequest__hosts') }}

),

counted as (

    select
        {{ hour_columns() }},
        webrequest_source,
        uri_host,
        record_version,
        pageview_condition,
        count(*) as request_count,
        sum(cast(response_size as decimal(20, 0))) as response_size
    from requests
    group by
        {{ hour_columns() }},
        webrequest_source,
        uri_host,
        record_version,
        pageview_condition

),

summed as (

    select
        {{ hour_columns('counted') }},
        counted.webrequest_source,
        case when hosts.is_owned_host then hosts.pageview_project else '-' end as project,
        counted.record_version,
        conditions.position as step,
        counted.pageview_condition,
        {{ bigint_sum('counted.request_count') }} as request_count,
        try_cast(sum(counted.response_size) as bigint) as response_size
    from counted
    inner join hosts
        on counted.uri_host is not distinct from hosts.uri_host
    inner join conditions
        on counted.pageview_condition = conditions.name
    group by
        {{ hour_columns('counted') }},
        counted.webrequest_source,
        case when hosts.is_owned_host then hosts.pageview_project else '-' end,
        counted.record_version,
        conditions.position,
        counted.pageview_condition

),

funnel as (

    select
        webrequest_source,
        project,
        record_version,
        step,
        pageview_condition,
        cast(
            sum(request_count) over (
                partition by {{ hour_columns() }}, webrequest_source, project, record_version
                order by step desc
                rows between unbounded preceding and current row
            ) as bigint
        ) as reached_count,
        request_count,
        response_size,
        {{ hour_columns() }}
    from summed

)

select * from funnel
