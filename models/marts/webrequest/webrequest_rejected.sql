{{ config(schema='wmf_raw', partition_by=['webrequest_source', 'year', 'month', 'day', 'hour']) }}

with

raw as (

    select * from {{ ref('stg_webrequest__raw') }}
    where rejection_reason is not null

),

rejected as (

    select
        rejected_file_name as file_name,
        rejected_line as line,
        rejection_reason as reason,
        webrequest_source,
        {{ hour_columns() }}
    from raw

)

select * from rejected
