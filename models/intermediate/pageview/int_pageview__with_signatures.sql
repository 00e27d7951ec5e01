{{ config(materialized='view') }}
-- This lies behind the gate: the measures say which hours it holds back.
-- depends_on: {{ ref('data_quality_metrics') }}

with

views as (

    select * from {{ rows_of_run_hours(ref('webrequest')) }}
    where
        webrequest_source = 'text'
        and (is_pageview or is_redirect_to_pageview)

),

identified as (

    select
        *,
        {{ utf16_left('user_agent', 200) }} as signed_user_agent,
        {{ signed_language('accept_language') }} as signed_language,
        {{ actor_id('x_analytics_map', 'uri_query') }} as actor_id
    from views

),

with_signatures as (

    select
        *,
        {{ actor_signature('ip', 'signed_user_agent', 'signed_language', 'uri_host', 'actor_id') }}
            as actor_signature,
        {{ actor_signature(
            'ip', 'signed_user_agent', 'signed_language', 'normalized_host.project_class', 'actor_id'
        ) }} as actor_signature_per_project_family
    from identified

)

select * from with_signatures
