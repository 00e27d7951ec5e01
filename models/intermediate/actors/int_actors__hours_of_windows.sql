{{ config(materialized='view') }}

with

hourly as (

    select * from {{ rows_of_actor_windows(ref('webrequest_actor_metrics_hourly')) }}

),

hours as (

    select distinct {{ hour_columns() }} from hourly

),

ends as (

    select
        {{ hour_columns() }},
        {{ plus_hours(hour_start(), 'ages.age') }} as end_hour
    from hours
    cross join (values {% for age in range(24) %}({{ age }}){{ ', ' if not loop.last }}{% endfor %}) as ages (age)

),

dated_ends as (

    select
        year as in_year,
        month as in_month,
        day as in_day,
        hour as in_hour,
        {{ hour_columns_of('end_hour') }}
    from ends

),

windows as (

    select * from dated_ends
    where {{ in_made_hours() }}

),

in_windows as (

    select
        hourly.actor_signature_per_project_family,
        coalesce(hourly.is_pageview, true) as is_pageview,
        coalesce(hourly.is_redirect_to_pageview, false) as is_redirect_to_pageview,
        hourly.first_interaction_dt,
        hourly.last_interaction_dt,
        hourly.pageview_count,
        hourly.nocookies,
        hourly.user_agent_length,
        hourly.distinct_pages_visited_count,
        hourly.actor_ip,
        hourly.max_diff_ip_group_size,
        hourly.diff_ip_group_count,
        windows.in_hour,
        {{ hour_columns('windows') }}
    from hourly
    inner join windows
        on
            hourly.year = windows.in_year
            and hourly.month = windows.in_month
            and hourly.day = windows.in_day
            and hourly.hour = windows.in_hour

)

select * from in_windows
