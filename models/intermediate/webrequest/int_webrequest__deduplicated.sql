{{ config(materialized='view') }}

with

numbers as (

    select
        webrequest_source,
        hostname,
        server_pid,
        sequence
    from {{ ref('stg_webrequest__raw') }}
    where rejection_reason is null

),

-- Only rows of one number can be identical: all others need no comparing of 32 fields.
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

-- The raw rows are imported twice: engines copy whatever one CTE hands to two.
single as (

    select raw.*
    from {{ ref('stg_webrequest__raw') }} as raw
    left join repeated_numbers
        on {{ is_same_number('raw', 'repeated_numbers') }}
    where repeated_numbers.is_repeated is null

),

repeated as (

    select distinct raw.*
    from {{ ref('stg_webrequest__raw') }} as raw
    inner join repeated_numbers
        on {{ is_same_number('raw', 'repeated_numbers') }}

),

deduplicated as (

    select * from single
    union all
    select * from repeated

)

select
    webrequest_source,
    {%- for name in raw_fields() %}
    {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from deduplicated
where
    rejection_reason is null
    and not {{ is_excluded_row() }}
