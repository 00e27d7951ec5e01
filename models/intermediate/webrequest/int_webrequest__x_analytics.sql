with

requests as (

    select * from {{ ref('int_webrequest__accepted') }}

),

accepted_special_pages as (

    select distinct lower(special) as special from {{ ref('accepted_special_pages') }}

),

headers as (

    select distinct x_analytics from requests

),

cleaned as (

    select
        x_analytics,
        {{ cleaned_x_analytics('x_analytics') }} as cleaned_x_analytics
    from headers

),

maps as (

    select
        x_analytics,
        {{ x_analytics_map('cleaned_x_analytics') }} as x_analytics_map
    from cleaned

),

entries as (

    select
        x_analytics,
        x_analytics_map,
        {{ x_analytics_value('x_analytics', 'x_analytics_map', 'preview') }} as preview,
        {{ x_analytics_value('x_analytics', 'x_analytics_map', 'pageview') }} as pageview,
        {{ trim_blanks(map_value('x_analytics_map', 'debug')) }} as debug,
        lower({{ trim_blanks(map_value('x_analytics_map', 'special')) }}) as special,
        {{ spark_bigint(map_value('x_analytics_map', 'ismobile')) }} as ismobile,
        {{ x_analytics_number(map_value('x_analytics_map', 'page_id')) }} as page_id,
        {{ x_analytics_number(map_value('x_analytics_map', 'ns')) }} as namespace_id
    from maps

),

matched as (

    select
        entries.*,
        accepted_special_pages.special is not null as is_accepted_special_page
    from entries
    left join accepted_special_pages
        on entries.special = accepted_special_pages.special

),

flagged as (

    select
        x_analytics,
        x_analytics_map,
        {{ is_preview('preview', 'is_accepted_special_page') }} as is_preview,
        {{ is_debug('debug', 'is_accepted_special_page') }} as is_debug,
        coalesce(special <> '' and not is_accepted_special_page, false) as is_refused_special_page,
        coalesce(pageview = '1', false) as is_tagged_pageview,
        coalesce(ismobile = 1, false) as is_mobile,
        {{ is_zero('x_analytics_map') }} as is_zero,
        page_id,
        try_cast(namespace_id as integer) as namespace_id
    from matched

)

select * from flagged
