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
        hosts.trimmed_host,
        hosts.pageview_project,
        hosts.is_portal_host,
        hosts.has_mobile_label,
        hosts.is_pageview_host and x_analytics.denotes_consumption as may_be_pageview,
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

pages as (

    select
        *,
        may_be_pageview and is_wikipedia_app and is_tagged_pageview as is_app_page,
        case
            when may_be_pageview and not is_wikipedia_app
                then coalesce({{ is_pageview_page('uri_path', 'uri_query') }}, false)
            else false
        end as is_web_page
    from joined

),

classified as (

    select
        *,
        coalesce(
            {{ is_view_status('http_status') }}
            and (is_app_page or (is_web_page and {{ is_html('content_type') }})),
            false
        ) as is_pageview,
        coalesce(
            http_status in ('301', '302', '307')
            and ({{ is_html('content_type') }} or {{ trim_blanks('content_type') }} = '-')
            and (is_app_page or is_web_page),
            false
        ) as is_redirect_to_pageview,
        {{ is_api_request('uri_host', 'uri_path') }} as is_api_request,
        {{ access_method('is_mobile_app', 'is_mobile', 'has_mobile_label') }} as access_method,
        case when is_spider then 'spider' else 'user' end as agent_type
    from pages

)

select * from classified
