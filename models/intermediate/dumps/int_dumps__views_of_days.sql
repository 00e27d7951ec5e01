{{ config(materialized='view') }}

with

daily as (

    select * from {{ rows_of_run_days(ref('pageviews_daily')) }}

),

hourly as (

    select * from {{ rows_of_run_days(ref('pageviews_hourly')) }}
    where dataset = 'pageviews'

),

days_of_files as (

    select distinct
        agent,
        year,
        month,
        day
    from daily

),

-- The file of a day holds what those of its hours hold, and more.
hours_alone as (

    select hourly.*
    from hourly
    left join days_of_files
        on
            hourly.agent = days_of_files.agent
            and hourly.year = days_of_files.year
            and hourly.month = days_of_files.month
            and hourly.day = days_of_files.day
    where days_of_files.agent is null

),

views as (

    select
        project,
        title,
        access,
        agent,
        views,
        year,
        month,
        day
    from daily
    union all
    select
        project,
        title,
        access,
        agent,
        views,
        year,
        month,
        day
    from hours_alone

)

select * from views
