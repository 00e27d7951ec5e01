{{ config(materialized='view') }}

with

classified as (

    select * from {{ ref('int_webrequest__classified') }}

),

-- Null on all other requests, so that nothing below costs anything there.
locations as (

    select
        *,
        is_pageview or is_redirect_to_pageview as has_pageview_info,
        case
            when is_pageview or is_redirect_to_pageview then {{ normalized_path('uri_path') }}
        end as page_path,
        case when is_pageview or is_redirect_to_pageview then uri_query end as page_query
    from classified

),

candidates as (

    select
        *,
        {{ query_parameter('page_query', 'title') }} as title_parameter,
        {{ query_parameter('page_query', 'page') }} as page_parameter,
        {{ title_from_path('page_path') }} as path_title
    from locations

),

chosen as (

    select
        *,
        case
            when title_parameter <> '' then title_parameter
            when {{ is_wiki_path('page_path') }} then path_title
            when page_parameter <> '' then page_parameter
            when {{ position_of("'index.'", 'page_path') }} = 0 then path_title
            else '-'
        end as encoded_title
    from candidates

),

decoded as (

    select
        *,
        {{ percent_decode('encoded_title') }} as decoded_title
    from chosen

),

titled as (

    select
        *,
        case when has_pageview_info then {{ language_variant('page_path') }} end as language_variant,
        case when has_pageview_info then {{ clean_title('decoded_title') }} end as page_title
    from decoded

)

select * from titled
