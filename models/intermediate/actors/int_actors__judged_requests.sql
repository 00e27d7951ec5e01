{{ config(materialized='view') }}

with

judged as (

    select
        actor_signature_per_project_family,
        is_pageview,
        coalesce(is_redirect_to_pageview, false) as is_redirect_to_pageview,
        ts,
        x_analytics_map,
        user_agent,
        ip,
        uri_host,
        uri_path,
        uri_query,
        referer,
        {{ map_value('pageview_info', 'page_title') }} as page_title,
        {{ map_value('geocoded_data', 'country_code') }} as country_code,
        {{ hour_columns() }}
    from {{ ref('int_pageview__with_signatures') }}
    where {{ is_judged_request() }}

)

select * from judged
