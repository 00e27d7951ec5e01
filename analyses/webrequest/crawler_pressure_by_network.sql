-- Whose machines crawl the site, and what do they take?
--
-- All requests of the run's hour by agents that are not people, not only pages: crawlers fetch much
-- that is not a pageview. The owner of the network is known with WIKILAKE_GEOIP_ISP only.

with

requests as (

    select
        {{ map_value('isp_data', 'autonomous_system_organization') }} as network_owner,
        is_pageview,
        is_api_request,
        response_size,
        agent_type
    from {{ ref('webrequest') }}
    where {{ in_run_hours() }}

),

pressure as (

    select
        network_owner,
        count(*) as request_count,
        sum(case when is_pageview then 1 else 0 end) as pageview_count,
        sum(case when is_api_request then 1 else 0 end) as api_request_count,
        sum(response_size) as bytes_sent
    from requests
    where agent_type = 'spider'
    group by network_owner

)

select * from pressure
order by request_count desc, network_owner asc
