{{ config(materialized='view') }}

with

numbers as (

    select
        webrequest_source,
        hostname,
        server_pid,
        sequence
    from {{ ref('int_webrequest__readable') }}

),

-- Only rows of one number can be identical: all others need no comparing of every field.
repeated_numbers as (

    select
        webrequest_source,
        hostname,
        server_pid,
        sequence,
        true as is_repeated
    from numbers
    group by
        webrequest_source,
        hostname,
        server_pid,
        sequence
    having count(*) > 1

),

-- The rows are imported twice: engines copy whatever one CTE hands to two.
single as (

    select requests.*
    from {{ ref('int_webrequest__readable') }} as requests
    left join repeated_numbers
        on {{ is_same_number('requests', 'repeated_numbers') }}
    where repeated_numbers.is_repeated is null

),

repeated as (

    select distinct requests.*
    from {{ ref('int_webrequest__readable') }} as requests
    inner join repeated_numbers
        on {{ is_same_number('requests', 'repeated_numbers') }}

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
