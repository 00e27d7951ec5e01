{{ config(materialized='view') }}

with

requests as (

    select * from {{ ref('int_webrequest__deduplicated') }}

),

user_agents as (

    select * from {{ ref('int_webrequest__user_agents') }}

),

hosts as (

    select * from {{ ref('int_webrequest__hosts') }}

),

x_analytics as (

    select * from {{ ref('int_webrequest__x_analytics') }}

),

joined as (

    select
        requests.*,
        user_agents.is_spider,
        user_agents.is_wikipedia_app,
        user_agents.is_mobile_app,
        user_agents.user_agent_map,
        hosts.trimmed_host,
        hosts.normalized_host,
        hosts.pageview_project,
        hosts.is_owned_host,
        hosts.is_pageview_host,
        hosts.is_portal_host,
        hosts.has_mobile_label,
        x_analytics.x_analytics_map,
        x_analytics.is_zero,
        x_analytics.page_id,
        x_analytics.namespace_id,
        x_analytics.is_preview,
        x_analytics.is_debug,
        x_analytics.is_refused_special_page,
        x_analytics.is_tagged_pageview,
        x_analytics.is_mobile
    from requests
    inner join user_agents
        on requests.user_agent is not distinct from user_agents.user_agent
    inner join hosts
        on requests.uri_host is not distinct from hosts.uri_host
    inner join x_analytics
        on requests.x_analytics is not distinct from x_analytics.x_analytics

),

with_conditions as (

    select
        *,
        {{ first_failing_condition(pageview_conditions()) }} as pageview_condition,
        {{ if_available('is_redirect_to_pageview', is_redirect_to_pageview()) }}
            as is_redirect_to_pageview
    from joined

),

classified as (

    select
        *,
        pageview_condition = 'pageview' as is_pageview,
        {{ if_available('is_api_request', is_api_request('uri_host', 'uri_path')) }} as is_api_request,
        {{ access_method('is_mobile_app', 'is_mobile', 'has_mobile_label', 'user_agent') }} as access_method,
        case when is_spider then 'spider' else 'user' end as agent_type
    from with_conditions

)

select * from classified
