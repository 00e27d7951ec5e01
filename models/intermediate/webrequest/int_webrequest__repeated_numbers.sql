with

requests as (

    select * from {{ ref('int_webrequest__readable') }}

),

repeated_numbers as (

    select
        webrequest_source,
        hostname,
        server_pid,
        sequence,
        true as is_repeated
    from requests
    group by
        webrequest_source,
        hostname,
        server_pid,
        sequence
    having count(*) > 1

)

select * from repeated_numbers
