{{ config(partition_by=['year', 'month', 'day', 'hour']) }}
-- This lies behind the gate: the measures say which hours it holds back.
-- depends_on: {{ ref('data_quality_metrics') }}

{%- set paths = {
    'restbase.requests.varnish_requests': '/api/rest_v1%',
    'analytics.mw_api.varnish_requests': '/w/api.php%',
} %}

with

hours as (

    {{ hours_of_run() }}

),

requests as (

    select
        uri_path,
        {{ hour_columns() }}
    from {{ rows_of_run_hours(ref('webrequest')) }}
    where webrequest_source = 'text'

),

-- An hour without a request has its rows, too, and no number.
counted as (

    {%- for metric, path in paths.items() %}
    select
        '{{ metric }}' as metric_id,
        {{ bigint_sum(
            "case when requests.uri_path like '" ~ path ~ "' then 1 when requests.hour is not null then 0 end"
        ) }} as request_count,
        {{ hour_columns('hours') }}
    from hours
    left join requests
        on {{ is_same_hour('hours', 'requests') }}
    group by {{ hour_columns('hours') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

with_times as (

    select
        metric_id,
        request_count,
        {{ hour_timestamp() }} as time_id,
        {{ hour_columns() }}
    from counted

)

select * from with_times
