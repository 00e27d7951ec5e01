{{ config(materialized='view') }}

with

requests as (

    select * from {{ ref('int_webrequest__readable') }}

),

repeated as (

    select * from {{ ref('int_webrequest__repeated') }}

),

repeated_numbers as (

    select * from {{ ref('int_webrequest__repeated_numbers') }}

),

single as (

    select requests.*
    from requests
    left join repeated_numbers
        on {{ is_same_number('requests', 'repeated_numbers') }}
    where repeated_numbers.is_repeated is null

),

deduplicated as (

    select * from single
    union all
    select * from repeated

),

kept as (

    select * from deduplicated
    where not {{ is_excluded_row() }}

)

select * from kept
