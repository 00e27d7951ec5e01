with

codes as (

    select distinct domain_code from {{ ref('stg_dumps__hourly_views') }}

),

wikis_of_wikimedia as (

    select distinct {{ regex_replace_all('pageview_code', '[.]wikimedia$', '') }} as name
    from {{ ref('stg_readers__wikis') }}
    where pageview_code like '%.wikimedia'

),

known as (

    select
        codes.domain_code,
        wikis_of_wikimedia.name is not null as is_of_wikimedia
    from codes
    left join wikis_of_wikimedia
        on split_part(codes.domain_code, '.', 1) = wikis_of_wikimedia.name

),

named as (

    select
        domain_code,
        {{ dumped_project('domain_code', 'is_of_wikimedia') }} as project,
        {{ dumped_access('domain_code', 'is_of_wikimedia') }} as access
    from known

)

select * from named
