{#-
    No page is listed of a country, over all access methods, that fewer actors read than the
    threshold says, counted anew from the requests.
-#}
{{ config(made_when_complete=true) }}

with

actors as (

    select
        {{ map_value('geocoded_data', 'country_code') }} as country,
        {{ map_value('pageview_info', 'project') }} as project,
        {{ article_text(map_value('pageview_info', 'page_title')) }} as article,
        count(distinct actor_signature) as actor_count,
        year,
        month,
        day
    from {{ rows_of_run_days(ref('pageview_actor')) }}
    where
        is_pageview
        and agent_type = 'user'
    group by all

),

many as (

    select
        country,
        year,
        month,
        day,
        count(*) as listable_pages
    from actors
    where actor_count > {{ variable('percountry_actors_threshold') }}
    group by all

),

listed as (

    select
        country,
        articles,
        year,
        month,
        day
    from {{ ref('pageview_top_percountry_daily') }}
    where
        {{ is_in_periods(padded_days(run_days())) }}
        and access = 'all-access'

),

too_many as (

    select listed.*
    from listed
    left join many
        on
            listed.country = many.country
            and listed.year = {{ padded('many.year', 4) }}
            and listed.month = {{ padded('many.month') }}
            and listed.day = {{ padded('many.day') }}
    where {{ count_of_text('listed.articles', '"rank":') }} > coalesce(many.listable_pages, 0)

)

select * from too_many
