{{ config(made_when_complete=true) }}

with

pageviews as (

    select * from {{ rows_of_run_days(ref('pageview_hourly')) }}

),

disallowed_articles as (

    select * from {{ ref('stg_pageview__disallowed_articles') }}

),

counted as (

    select
        project,
        page_title,
        access_method,
        agent_type,
        {{ lower_unicode('page_title') }} as lower_title,
        {{ bigint_sum('view_count') }} as view_count,
        year,
        month,
        day
    from pageviews
    group by all

),

allowed as (

    select
        counted.project,
        counted.page_title,
        counted.access_method,
        counted.agent_type,
        counted.view_count,
        counted.year,
        counted.month,
        counted.day
    from counted
    left join disallowed_articles
        on
            counted.project = disallowed_articles.project
            and counted.lower_title = disallowed_articles.lower_article
    where disallowed_articles.project is null

)

select * from allowed
