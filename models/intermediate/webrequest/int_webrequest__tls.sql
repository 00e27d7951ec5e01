with

raw as (

    select * from {{ ref('stg_webrequest__raw') }}
    where rejection_reason is null

),

headers as (

    select distinct tls from raw

),

maps as (

    select
        tls,
        case when tls <> '-' then {{ str_to_map('tls', ';', '=') }} end as tls_map
    from headers

)

select * from maps
