-- Which rule or row of a list decided what is known of each request of the hour, apart from whether
-- it is a pageview. Behind `wikilake explain`.
with

decided as (

    select
        {{ stamped_version('webrequest') }} as record_version,
        requests.pageview_condition,
        requests.is_redirect_to_pageview,
        hosts.pageview_project as project,
        hosts.host_rule,
        page_titles.page_title,
        page_titles.title_rule,
        page_titles.language_variant,
        requests.access_method,
        requests.agent_type,
        user_agents.spider_rule,
        user_agents.browser_family,
        user_agents.os_family,
        user_agents.device_family,
        referers.referer_class,
        referers.referer_name,
        referers.referer_rule
    from {{ ref('int_webrequest__classified') }} as requests
    inner join {{ ref('int_webrequest__hosts') }} as hosts
        on requests.uri_host is not distinct from hosts.uri_host
    inner join {{ ref('int_webrequest__user_agents') }} as user_agents
        on requests.user_agent is not distinct from user_agents.user_agent
    inner join {{ ref('int_webrequest__referers') }} as referers
        on requests.referer is not distinct from referers.referer
    left join {{ ref('int_webrequest__page_titles') }} as page_titles
        on
            requests.uri_path is not distinct from page_titles.uri_path
            and requests.uri_query is not distinct from page_titles.uri_query

)

select * from decided
