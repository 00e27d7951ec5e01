with

raw as (

    select * from {{ ref('stg_webrequest__raw') }}
    where rejection_reason is null

),

accepted_special_pages as (

    select distinct lower(special) as special from {{ ref('accepted_special_pages') }}

),

headers as (

    select distinct x_analytics from raw

),

maps as (

    select
        x_analytics,
        case
            when x_analytics <> '-' then {{ str_to_map(cleaned_wprov('x_analytics'), ';', '=') }}
        end as x_analytics_map
    from headers

),

entries as (

    select
        x_analytics,
        x_analytics_map,
        {{ trim_blanks(map_value('x_analytics_map', 'preview')) }} as preview,
        {{ trim_blanks(map_value('x_analytics_map', 'debug')) }} as debug,
        lower({{ trim_blanks(map_value('x_analytics_map', 'special')) }}) as special,
        {{ trim_blanks(map_value('x_analytics_map', 'pageview')) }} as pageview,
        {{ spark_bigint(map_value('x_analytics_map', 'ismobile')) }} as ismobile,
        {{ spark_bigint(map_value('x_analytics_map', 'page_id')) }} as page_id,
        {{ spark_bigint(map_value('x_analytics_map', 'ns')) }} as namespace_id
    from maps

),

flagged as (

    select
        entries.x_analytics,
        entries.x_analytics_map,
        case
            when coalesce(entries.preview, '') = '' and coalesce(entries.debug, '') = ''
                and coalesce(entries.special, '') = ''
                then true
            when coalesce(entries.preview, '') = '1' or coalesce(entries.debug, '') = '1' then false
            else accepted_special_pages.special is not null
        end as denotes_consumption,
        coalesce(entries.pageview = '1', false) as is_tagged_pageview,
        coalesce(entries.ismobile = 1, false) as is_mobile,
        entries.page_id,
        case
            when entries.namespace_id between -2147483648 and 2147483647
                then cast(entries.namespace_id as integer)
        end as namespace_id
    from entries
    left join accepted_special_pages
        on entries.special = accepted_special_pages.special

)

select * from flagged
