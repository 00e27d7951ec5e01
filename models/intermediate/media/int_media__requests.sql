-- This lies behind the gate: the measures say which hours it holds back.
-- depends_on: {{ ref('data_quality_metrics') }}

with

requests as (

    select
        uri_path,
        referer as referer_url,
        referer_class,
        agent_type,
        response_size,
        {{ hour_columns() }}
    from {{ rows_of_run_hours(ref('webrequest')) }}
    where
        webrequest_source = 'upload'
        and {{ is_media_host('uri_host') }}
        and {{ is_delivered_file('http_status', 'range') }}

)

select * from requests
