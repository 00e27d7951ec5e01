{{ config(partition_by=['year', 'month', 'day']) }}

{%- set list_of = ['project', 'access', 'year', 'month', 'day'] %}

with

views as (

    select * from {{ ref('int_dumps__views_of_days') }}
    where
        agent = 'user'
        and title <> '-'

),

disallowed_articles as (

    select * from {{ ref('stg_pageview__disallowed_articles') }}

),

-- Only the titles of projects with disallowed articles are put into small letters.
disallowed_titles as (

    select distinct
        titles.project,
        titles.title
    from (
        select distinct
            views.project,
            views.title
        from views
        where views.project in (select disallowed_articles.project from disallowed_articles)
    ) as titles
    inner join disallowed_articles
        on
            titles.project = disallowed_articles.project
            and {{ lower_unicode('titles.title') }} = disallowed_articles.lower_article

),

counted as (

    select
        views.project,
        {{ article_text('views.title') }} as article,
        {{ or_all('views.access', 'all-access') }} as access,
        {{ bigint_sum('views.views') }} as views,
        views.year,
        views.month,
        views.day
    from views
    left join disallowed_titles
        on
            views.project = disallowed_titles.project
            and views.title = disallowed_titles.title
    where disallowed_titles.title is null
    group by
        views.year, views.month, views.day, views.project, {{ article_text('views.title') }}, rollup(views.access)

),

-- Only the first rows are ranked, for millions of others would be sorted. With row 1,001 among them
-- the rest of a tie that reaches across place 1,000 makes no difference.
numbered as (

    select
        *,
        row_number() over (partition by {{ list_of | join(', ') }} order by views desc) as place
    from counted

),

ranked as (

    select
        *,
        {{ competition_rank('views', list_of) }} as rank,
        {{ is_within_top('views', list_of) }} as is_listed
    from numbered
    where place <= 1001

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
