{{ config(partition_by=['year', 'month', 'day', 'hour_of_day']) }}
-- This lies behind the gate: the measures say which hours it holds back.
-- depends_on: {{ ref('data_quality_metrics') }}

{%- set flags = ['is_instant_commons_agent', 'is_foreign_api_agent', 'is_wikipedia_app_agent'] %}
{%- set keys = ['webrequest_source', 'http_status', 'cache_status', 'is_api_request', 'is_endpoint_index_php', 'is_endpoint_load_php']
    + flags + ['ip_provenance', 'compliance_status', 'contact_method'] %}

with

requests as (

    select * from {{ rows_of_run_hours(ref('webrequest')) }}
    where webrequest_source in ('text', 'upload')

),

classes as (

    select * from {{ ref('stg_api__user_agent_classes') }}

),

classified as (

    select
        requests.webrequest_source,
        {{ status_number('requests.http_status') }} as http_status,
        {{ cache_outcome('requests.cache_status') }} as cache_status,
        requests.is_api_request,
        requests.uri_path like '/w/index.php%' as is_endpoint_index_php,
        requests.uri_path like '/w/load.php%' as is_endpoint_load_php,
        {%- for flag in flags %}
        classes.{{ flag }},
        {%- endfor %}
        requests.ip_provenance,
        coalesce(classes.compliance_level, 'not_applicable') as compliance_status,
        classes.contact_method,
        requests.response_size,
        requests.time_firstbyte,
        requests.user_agent,
        {{ hour_columns('requests') }}
    from requests
    left join classes
        on
            requests.user_agent = classes.user_agent
            and {{ is_same_hour('requests', 'classes') }}

),

counted as (

    select
        {{ keys | join(',\n        ') }},
        count(*) as request_count,
        {{ bigint_sum('response_size') }} as response_size_total,
        {{ stable_sum('time_firstbyte') }} as ttfb_sec_total,
        count(distinct user_agent) as unique_user_agent_count,
        {{ hour_timestamp() }} as hour,
        year,
        month,
        day,
        hour as hour_of_day
    from classified
    group by
        {{ keys | join(',\n        ') }},
        {{ hour_columns() }}

)

select * from counted
