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
        webrequest_source
    from raw

),

placed as (

    select
        file_name,
        line,
        reason,
        webrequest_source,
        {{ run_hour().year }} as year,
        {{ run_hour().month }} as month,
        {{ run_hour().day }} as day,
        {{ run_hour().hour }} as hour
    from rejected

)

select * from placed
