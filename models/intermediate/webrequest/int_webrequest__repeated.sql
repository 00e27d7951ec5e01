with

requests as (

    select * from {{ ref('int_webrequest__readable') }}

),

repeated_numbers as (

    select * from {{ ref('int_webrequest__repeated_numbers') }}

),

repeated as (

    select distinct requests.*
    from requests
    inner join repeated_numbers
        on {{ is_same_number('requests', 'repeated_numbers') }}

)

select * from repeated
