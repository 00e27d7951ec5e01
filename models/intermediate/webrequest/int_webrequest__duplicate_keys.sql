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
        {{ hour_columns() }},
        true as is_duplicate
    from requests
    group by
        {{ hour_columns() }},
        webrequest_source,
        hostname,
        server_pid,
        sequence
    having count(*) > 1

)

select * from duplicate_keys
