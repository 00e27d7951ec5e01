{{ config(partition_by=['year', 'month', 'day', 'hour']) }}

with

requests as (

    select * from {{ ref('int_pageview__with_signatures') }}

),

automated_actors as (

    select * from {{ ref('int_actors__automated') }}

),

labelled as (

    select
        requests.hostname,
        requests.sequence,
        requests.dt,
        requests.time_firstbyte,
        requests.ip,
        requests.http_status,
        requests.response_size,
        requests.uri_host,
        requests.uri_path,
        requests.uri_query,
        requests.content_type,
        requests.referer,
        requests.user_agent,
        requests.accept_language,
        requests.is_pageview,
        requests.is_redirect_to_pageview,
        requests.geocoded_data,
        requests.user_agent_map,
        requests.x_analytics_map,
        requests.ts,
        requests.access_method,
        case
            when
                requests.agent_type = 'user'
                and automated_actors.actor_signature_per_project_family is not null
                then 'automated'
            else requests.agent_type
        end as agent_type,
        requests.referer_class,
        requests.normalized_host,
        requests.pageview_info,
        requests.page_id,
        requests.namespace_id,
        requests.actor_signature,
        requests.actor_signature_per_project_family,
        requests.referer_data,
        {{ automated_reasons('automated_actors') }} as automated_reasons,
        {{ hour_columns('requests') }}
    from requests
    left join automated_actors
        on
            {{ is_same_hour('requests', 'automated_actors') }}
            and requests.actor_signature_per_project_family
            = automated_actors.actor_signature_per_project_family

)

select * from labelled
