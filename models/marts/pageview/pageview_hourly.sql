{{ config(partition_by=['year', 'month', 'day', 'hour']) }}

with

actors as (

    select * from {{ rows_of_run_hours(ref('pageview_actor')) }}

),

pageviews as (

    select
        {{ map_value('pageview_info', 'project') }} as project,
        {{ map_value('pageview_info', 'language_variant') }} as language_variant,
        {{ map_value('pageview_info', 'page_title') }} as page_title,
        access_method,
        {{ zero_carrier('x_analytics_map') }} as zero_carrier,
        agent_type,
        referer_class,
        {{ map_value('geocoded_data', 'continent') }} as continent,
        {{ map_value('geocoded_data', 'country_code') }} as country_code,
        {{ map_value('geocoded_data', 'country') }} as country,
        {{ map_value('geocoded_data', 'subdivision') }} as subdivision,
        {{ map_value('geocoded_data', 'city') }} as city,
        {%- for key in user_agent_keys() %}
        {{ map_value('user_agent_map', key) }} as {{ key }},
        {%- endfor %}
        page_id,
        namespace_id,
        referer_data.referer_name,
        {{ hour_columns() }}
    from actors
    where is_pageview

),

counted as (

    select
        *,
        count(*) as view_count
    from pageviews
    where project <> ''
    group by all

),

hourly as (

    select
        project,
        language_variant,
        page_title,
        access_method,
        zero_carrier,
        agent_type,
        referer_class,
        continent,
        country_code,
        country,
        subdivision,
        city,
        {{ map_of_columns(user_agent_keys()) }} as user_agent_map,
        {{ stamped_version('pageview_hourly') }} as record_version,
        view_count,
        page_id,
        namespace_id,
        referer_name,
        {{ hour_columns() }}
    from counted

)

select * from hourly
