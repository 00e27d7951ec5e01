{{ config(partition_by=['year', 'month', 'day', 'hour']) }}

with

signed as (

    select * from {{ ref('int_pageview__signed') }}

),

automated_actors as (

    select * from {{ ref('int_actors__automated') }}

),

labelled as (

    select
        signed.hostname,
        signed.sequence,
        signed.dt,
        signed.time_firstbyte,
        signed.ip,
        signed.http_status,
        signed.response_size,
        signed.uri_host,
        signed.uri_path,
        signed.uri_query,
        signed.content_type,
        signed.referer,
        signed.user_agent,
        signed.accept_language,
        signed.is_pageview,
        signed.is_redirect_to_pageview,
        signed.geocoded_data,
        signed.user_agent_map,
        signed.x_analytics_map,
        signed.ts,
        signed.access_method,
        case
            when signed.agent_type = 'user'
                and automated_actors.actor_signature_per_project_family is not null
                then 'automated'
            else signed.agent_type
        end as agent_type,
        signed.referer_class,
        signed.normalized_host,
        signed.pageview_info,
        signed.page_id,
        signed.namespace_id,
        signed.actor_signature,
        signed.actor_signature_per_project_family,
        signed.referer_data,
        {{ automated_reasons('automated_actors') }} as automated_reasons,
        signed.year,
        signed.month,
        signed.day,
        signed.hour
    from signed
    left join automated_actors
        on
            signed.actor_signature_per_project_family
            = automated_actors.actor_signature_per_project_family

)

select * from labelled
