{{ config(partition_by=['day'], made_when_complete=true) }}
-- This lies behind the gate: the measures say which hours it holds back.
-- depends_on: {{ ref('data_quality_metrics') }}

{%- set kind = [
    'webrequest_source',
    'compliance_status',
    'ip_provenance',
    'is_instant_commons_agent',
    'is_foreign_api_agent',
    'is_wikipedia_app_agent',
    'is_api_request',
    'http_status',
    'day',
] %}

with

requests as (

    select
        webrequest_source,
        ip_provenance,
        is_api_request,
        {{ status_number('http_status') }} as http_status,
        user_agent,
        count(*) as request_count,
        {{ date_of_period() }} as date_of_day,
        year,
        month,
        day
    from {{ rows_of_run_days(ref('webrequest')) }}
    where webrequest_source in ('text', 'upload')
    group by all

),

non_compliant as (

    select * from {{ ref('stg_api__user_agent_classes') }}
    where compliance_level in ('non_compliant', 'non_compliant_placeholder')

),

-- As in the original a request counts once for each hour in which its user agent was classified.
counted as (

    select
        requests.webrequest_source,
        non_compliant.compliance_level as compliance_status,
        requests.ip_provenance,
        non_compliant.is_instant_commons_agent,
        non_compliant.is_foreign_api_agent,
        non_compliant.is_wikipedia_app_agent,
        requests.is_api_request,
        requests.http_status,
        requests.user_agent,
        {{ bigint_sum('requests.request_count') }} as request_count,
        requests.date_of_day as day
    from requests
    inner join non_compliant
        on
            requests.user_agent = non_compliant.user_agent
            and requests.year = non_compliant.year
            and requests.month = non_compliant.month
            and requests.day = non_compliant.day
    group by all

),

ranked as (

    select
        {{ kind[:-1] | join(', ') }},
        try_cast({{ competition_rank('request_count', kind) }} as integer) as rank,
        user_agent,
        request_count,
        day
    from counted

)

select * from ranked
where rank <= {{ variable('top_n') }}
