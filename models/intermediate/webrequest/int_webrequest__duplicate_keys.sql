with

requests as (

    select * from {{ ref('int_webrequest__accepted') }}

),

duplicate_keys as (

    select
        webrequest_source,
        hostname,
        server_pid,
        sequence,
        true as is_duplicate
    from requests
    group by
        webrequest_source,
        hostname,
        server_pid,
        sequence
    having count(*) > 1

)

select * from duplicate_keys
