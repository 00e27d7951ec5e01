with

views as (

    select distinct
        uri_path,
        uri_query
    from {{ ref('int_webrequest__classified') }}
    where is_pageview or is_redirect_to_pageview

),

normalised as (

    select
        uri_path,
        uri_query,
        {{ normalized_path('uri_path') }} as page_path
    from views

),

located as (

    select
        uri_path,
        uri_query,
        page_path,
        {{ query_parameter('uri_query', 'title') }} as title_parameter,
        {{ query_parameter('uri_query', 'page') }} as page_parameter,
        {{ title_from_path('page_path') }} as path_title
    from normalised

)

select * from located
