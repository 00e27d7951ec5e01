{{ config(tags=['rule_test']) }}

with

owned_domains as (

    select * from {{ ref('owned_domains') }}

),

malformed as (

    select * from owned_domains
    where not {{ regex_matches('domain', '^[a-z0-9-]+[.][a-z0-9-]+$') }}

)

select * from malformed
