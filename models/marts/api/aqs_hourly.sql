{{ config(partition_by=['year', 'month', 'day', 'hour_of_day']) }}
-- This lies behind the gate: the measures say which hours it holds back.
-- depends_on: {{ ref('data_quality_metrics') }}

with

requests as (

    select * from {{ rows_of_run_hours(ref('webrequest')) }}
    where
        webrequest_source = 'text'
        -- The underscore stands for any character, as in the original.
        and uri_path like '/api/rest_v1/metrics/%'

),

counted as (

    select
        cache_status,
        http_status,
        http_method,
        response_size,
        uri_host,
        uri_path,
        count(*) as request_count,
        {{ hour_timestamp() }} as hour,
        year,
        month,
        day,
        hour as hour_of_day
    from requests
    group by all

)

select * from counted
