{{ config(partition_by=['day'], made_when_complete=true) }}

{%- set threshold = variable('min_num_daily_referrals') %}

with

countries as (

    select * from {{ ref('stg_readers__countries') }}

),

pageviews as (

    select
        {{ map_value('geocoded_data', 'country_code') }} as country_code,
        normalized_host.project as lang,
        {{ map_value('user_agent_map', 'browser_family') }} as browser_family,
        {{ map_value('user_agent_map', 'os_family') }} as os_family,
        referer_data.referer_name as search_engine,
        {{ date_of_period() }} as day
    from {{ rows_of_run_days(ref('pageview_actor')) }}
    where
        is_pageview
        and agent_type = 'user'
        and referer_data.referer_class = 'external (search engine)'
        and normalized_host.project_class = 'wikipedia'

),

counted as (

    select
        countries.name as country,
        pageviews.lang,
        pageviews.browser_family,
        pageviews.os_family,
        pageviews.search_engine,
        count(*) as referrals,
        pageviews.day
    from pageviews
    left join countries
        on pageviews.country_code = countries.iso_code
    where not coalesce(countries.is_protected, false)
    group by all

),

-- What is rare meets in one row of the country; a translated page is held against the threshold by itself.
pooled as (

    select
        country,
        {%- for column in ['lang', 'browser_family', 'os_family'] %}
        case when referrals < {{ threshold }} then 'other' else {{ column }} end as {{ column }},
        {%- endfor %}
        case
            when referrals < {{ threshold }} then 'other'
            when search_engine = 'Google Translate' then 'Google'
            when search_engine = 'Predicted Other' then 'other'
            else search_engine
        end as search_engine,
        referrals,
        day
    from counted

),

published as (

    select
        country,
        lang,
        browser_family,
        os_family,
        search_engine,
        try_cast(sum(referrals) as integer) as num_referrals,
        day
    from pooled
    group by country, lang, browser_family, os_family, search_engine, day
    having sum(referrals) >= {{ threshold }}

)

select * from published
