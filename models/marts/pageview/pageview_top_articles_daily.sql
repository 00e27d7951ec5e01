{{ config(partition_by=['year', 'month', 'day'], made_when_complete=true) }}

{%- set list_of = ['project', 'access', 'year', 'month', 'day'] %}

with

article_views as (

    select
        project,
        {{ article_text('page_title') }} as article,
        {{ with_hyphen('access_method') }} as access,
        view_count,
        year,
        month,
        day
    from {{ ref('int_pageview__article_views') }}
    where
        agent_type = 'user'
        and page_title <> '-'

),

counted as (

    select
        project,
        article,
        {{ or_all('access', 'all-access') }} as access,
        {{ bigint_sum('view_count') }} as views,
        year,
        month,
        day
    from article_views
    group by year, month, day, project, article, rollup(access)

),

ranked as (

    select
        *,
        {{ competition_rank('views', list_of) }} as rank,
        {{ is_within_top('views', list_of) }} as is_listed
    from counted

),

listed as (

    select
        {{ serving_domain() }} as _domain,
        project,
        access,
        {{ serving_tid() }} as _tid,
        {{ json_list({'article': 'article', 'views': 'views', 'rank': 'rank'}, ['rank', 'article']) }}
            as {{ quoted_name('articlesJSON') }},
        {{ padded('year', 4) }} as year,
        {{ padded('month') }} as month,
        {{ padded('day') }} as day
    from ranked
    where is_listed
    group by project, access, year, month, day

)

select * from listed
