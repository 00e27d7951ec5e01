{{ config(materialized='view') }}

with

requests as (

    select * from {{ ref('int_webrequest__accepted') }}

),

distinct_duplicates as (

    select * from {{ ref('int_webrequest__distinct_duplicates') }}

),

duplicate_keys as (

    select * from {{ ref('int_webrequest__duplicate_keys') }}

),

unique_requests as (

    select requests.*
    from requests
    left join duplicate_keys
        on {{ has_same_log_key('requests', 'duplicate_keys') }}
    where duplicate_keys.is_duplicate is null

),

deduplicated as (

    select * from unique_requests
    union all
    select * from distinct_duplicates

),

not_excluded as (

    select * from deduplicated
    where not {{ is_excluded_row() }}

)

select * from not_excluded
