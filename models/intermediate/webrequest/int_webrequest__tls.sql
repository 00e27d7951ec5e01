with

requests as (

    select * from {{ ref('int_webrequest__accepted') }}

),

headers as (

    select distinct tls from requests

),

maps as (

    select
        tls,
        case when tls <> '-' then {{ str_to_map('tls', ';', '=') }} end as tls_map
    from headers

)

select * from maps
