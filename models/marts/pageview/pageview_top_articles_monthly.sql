{{ config(partition_by=['year', 'month'], made_when_complete=true) }}

{%- set list_of = ['project', 'access', 'year', 'month'] %}
{%- set columns = {'all-access': 'au', 'desktop': 'du', 'mobile-app': 'mau', 'mobile-web': 'mwu'} %}

with

days as (

    select * from {{ rows_of_run_months(ref('pageview_per_article_daily')) }}
    where article <> '-'

),

article_views as (

    {%- for access, column in columns.items() %}
    select
        project,
        article,
        '{{ access }}' as access,
        try_cast({{ column }} as bigint) as views,
        year,
        month
    from days
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

counted as (

    select
        project,
        article,
        access,
        {{ bigint_sum('views') }} as views,
        year,
        month
    from article_views
    where views > 0
    group by project, article, access, year, month

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
        'all-days' as day,
        {{ serving_tid() }} as _tid,
        {{ json_list({'article': 'article', 'views': 'views', 'rank': 'rank'}, ['rank', 'article']) }}
            as {{ quoted_name('articlesJSON') }},
        {{ padded('year', 4) }} as year,
        {{ padded('month') }} as month
    from ranked
    where is_listed
    group by project, access, year, month

)

select * from listed
