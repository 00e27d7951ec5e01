{{ config(partition_by=['year', 'month'], made_when_complete=true) }}

with

projectviews as (

    select
        project,
        {{ with_hyphen('access_method') }} as access,
        country_code,
        view_count,
        year,
        month
    from {{ rows_of_run_months(ref('projectview_hourly')) }}
    where agent_type = 'user'

),

protected_countries as (

    select distinct iso_code from {{ ref('stg_readers__countries') }}
    where is_protected

),

counted as (

    select
        {{ or_all('project', 'all-projects') }} as project,
        {{ or_all('access', 'all-access') }} as access,
        country_code,
        {{ bigint_sum('view_count') }} as views,
        year,
        month
    from projectviews
    group by year, month, country_code, cube(project, access)

),

ranked as (

    select
        *,
        {{ competition_rank('views', ['project', 'access', 'year', 'month']) }} as rank
    from counted
    where views > {{ variable('bycountry_views_threshold') }}

),

-- Protected countries leave a gap in the ranks.
unprotected as (

    select ranked.*
    from ranked
    left join protected_countries
        on ranked.country_code = protected_countries.iso_code
    where protected_countries.iso_code is null

),

listed as (

    select
        {{ serving_domain() }} as _domain,
        project,
        access,
        {{ serving_tid() }} as _tid,
        {{ json_list({
            'country': 'country_code',
            'views': ceiled_to('views', 1000),
            'rank': 'rank',
        }, ['rank', 'country_code']) }} as {{ quoted_name('countriesJSON') }},
        {{ padded('year', 4) }} as year,
        {{ padded('month') }} as month
    from unprotected
    group by project, access, year, month

)

select * from listed
