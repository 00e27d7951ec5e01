with

requests as (

    select * from {{ ref('int_webrequest__accepted') }}

),

duplicate_keys as (

    select * from {{ ref('int_webrequest__duplicate_keys') }}

),

distinct_duplicates as (

    select distinct requests.*
    from requests
    inner join duplicate_keys
        on {{ has_same_log_key('requests', 'duplicate_keys') }}

)

select * from distinct_duplicates
