{{ config(partition_by=['year', 'month', 'day'], made_when_complete=true) }}

{%- set list_of = ['country', 'access', 'year', 'month', 'day'] %}

with

pageviews as (

    select
        {{ map_value('geocoded_data', 'country_code') }} as country,
        {{ with_hyphen('access_method') }} as access,
        {{ map_value('pageview_info', 'project') }} as project,
        {{ map_value('pageview_info', 'page_title') }} as page_title,
        actor_signature,
        year,
        month,
        day
    from {{ rows_of_run_days(ref('pageview_actor')) }}
    where
        is_pageview
        and agent_type = 'user'

),

protected_countries as (

    select distinct iso_code from {{ ref('stg_readers__countries') }}
    where is_protected

),

disallowed_articles as (

    select * from {{ ref('stg_pageview__disallowed_articles') }}

),

allowed as (

    select
        pageviews.*,
        {{ article_text('pageviews.page_title') }} as article
    from pageviews
    left join protected_countries
        on pageviews.country = protected_countries.iso_code
    left join disallowed_articles
        on
            pageviews.project = disallowed_articles.project
            and {{ lower_unicode('pageviews.page_title') }} = disallowed_articles.lower_article
    where
        protected_countries.iso_code is null
        and disallowed_articles.project is null
        and pageviews.page_title <> '-'
        and pageviews.country <> '--'

),

counted as (

    select
        country,
        {{ or_all('access', 'all-access') }} as access,
        project,
        article,
        count(*) as views,
        count(distinct actor_signature) as actors,
        year,
        month,
        day
    from allowed
    group by year, month, day, country, project, article, rollup(access)

),

ranked as (

    select
        *,
        {{ competition_rank('views', list_of) }} as rank,
        {{ is_within_top('views', list_of) }} as is_listed
    from counted
    where actors > {{ variable('percountry_actors_threshold') }}

),

listed as (

    select
        {{ serving_domain() }} as _domain,
        country,
        access,
        {{ serving_tid() }} as _tid,
        {{ json_list({
            'article': 'article',
            'project': 'project',
            'views_ceil': ceiled_to('views', 100),
            'rank': 'rank',
        }, ['rank', 'project', 'article']) }} as articles,
        {{ padded('year', 4) }} as year,
        {{ padded('month') }} as month,
        {{ padded('day') }} as day
    from ranked
    where is_listed
    group by country, access, year, month, day

)

select * from listed
