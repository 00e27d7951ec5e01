{{ config(partition_by=['year', 'month', 'day', 'hour']) }}

with

pageviews as (

    select * from {{ rows_of_run_hours(ref('pageview_hourly')) }}

),

hourly as (

    select
        project,
        access_method,
        zero_carrier,
        agent_type,
        referer_class,
        continent,
        country_code,
        {{ stamped_version('projectview_hourly') }} as record_version,
        {{ bigint_sum('view_count') }} as view_count,
        year,
        month,
        day,
        hour
    from pageviews
    group by all

)

select * from hourly
