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
        sequence
    from numbers
    group by
        webrequest_source,
        hostname,
        server_pid,
        sequence
    having count(*) > 1

),

-- The rows are imported again: engines copy whatever one CTE hands to two.
repeated as (

    select distinct requests.*
    from {{ ref('int_webrequest__readable') }} as requests
    inner join repeated_numbers
        on {{ is_same_number('requests', 'repeated_numbers') }}

)

select * from repeated
