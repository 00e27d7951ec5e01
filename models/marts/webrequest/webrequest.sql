{{ config(
    partition_by=['webrequest_source', 'year', 'month', 'day', 'hour'],
    hidden_columns=['pageview_condition'],
) }}

with

requests as (

    select * from {{ ref('int_webrequest__classified') }}

),

client_ips as (

    select * from {{ ref('int_webrequest__client_ips') }}

),

referers as (

    select * from {{ ref('int_webrequest__referers') }}

),

page_titles as (

    select * from {{ ref('int_webrequest__page_titles') }}

),

tls as (

    select * from {{ ref('int_webrequest__tls') }}

),

refined as (

    select
        requests.hostname,
        requests.server_pid,
        requests.sequence,
        requests.dt,
        requests.time_firstbyte,
        requests.ip,
        requests.cache_status,
        requests.http_status,
        requests.response_size,
        requests.http_method,
        requests.uri_host,
        requests.uri_path,
        requests.uri_query,
        requests.content_type,
        requests.referer,
        requests.x_forwarded_for,
        requests.user_agent,
        requests.accept_language,
        requests.x_analytics,
        requests.range,
        requests.is_pageview,
        requests.is_redirect_to_pageview,
        requests.is_api_request,
        {{ stamped_version('webrequest') }} as record_version,
        requests.ip as client_ip,
        client_ips.geocoded_data,
        requests.x_cache,
        requests.user_agent_map,
        requests.x_analytics_map,
        {{ request_time('requests.dt') }} as ts,
        requests.access_method,
        requests.agent_type,
        requests.is_zero,
        referers.referer_class,
        requests.normalized_host,
        case
            when requests.is_pageview or requests.is_redirect_to_pageview
                then {{ map_of({
                    'project': 'requests.pageview_project',
                    'language_variant': 'page_titles.language_variant',
                    'page_title': 'page_titles.page_title',
                }) }}
        end as pageview_info,
        requests.page_id,
        {{ namespace_id('requests.namespace_id', 'page_titles.page_title') }} as namespace_id,
        {{ request_tags() }} as tags,
        {{ if_available('isp_data', 'client_ips.isp_data') }} as isp_data,
        {{ if_available('ip_provenance', 'client_ips.ip_provenance') }} as ip_provenance,
        requests.accept,
        requests.tls,
        {{ if_available('tls_map', 'tls.tls_map') }} as tls_map,
        requests.ch_ua,
        requests.ch_ua_mobile,
        requests.ch_ua_platform,
        requests.ch_ua_arch,
        requests.ch_ua_bitness,
        requests.ch_ua_full_version_list,
        requests.ch_ua_model,
        requests.ch_ua_platform_version,
        {{ if_available('referer_data', 'referers.referer_data') }} as referer_data,
        requests.termination_state,
        requests.pageview_condition,
        requests.webrequest_source,
        {{ hour_columns('requests') }}
    from requests
    inner join client_ips
        on requests.ip is not distinct from client_ips.ip
    inner join referers
        on requests.referer is not distinct from referers.referer
    inner join tls
        on requests.tls is not distinct from tls.tls
    left join page_titles
        on
            requests.uri_path is not distinct from page_titles.uri_path
            and requests.uri_query is not distinct from page_titles.uri_query

)

select * from refined
