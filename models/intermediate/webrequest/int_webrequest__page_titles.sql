with

locations as (

    select * from {{ ref('int_webrequest__page_locations') }}

),

chosen as (

    select
        uri_path,
        uri_query,
        page_path,
        case
            when title_parameter <> '' then title_parameter
            when {{ is_wiki_path('page_path') }} then path_title
            when page_parameter <> '' then page_parameter
            when {{ position_of("'index.'", 'page_path') }} = 0 then path_title
            else '-'
        end as encoded_title,
        case
            when title_parameter <> '' then 'parameter title'
            when {{ is_wiki_path('page_path') }} then 'path that names a page'
            when page_parameter <> '' then 'parameter page'
            when {{ position_of("'index.'", 'page_path') }} = 0 then 'path'
            else 'nothing'
        end as title_rule
    from locations

),

decoded as (

    select
        uri_path,
        uri_query,
        page_path,
        title_rule,
        {{ percent_decode('encoded_title') }} as decoded_title
    from chosen

),

titled as (

    select
        uri_path,
        uri_query,
        {{ language_variant('page_path') }} as language_variant,
        {{ clean_title('decoded_title') }} as page_title,
        title_rule
    from decoded

)

select * from titled
