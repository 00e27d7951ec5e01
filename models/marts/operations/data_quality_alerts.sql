{{ config(partition_by=['year', 'month', 'day', 'hour']) }}

with

alerts as (

    select * from {{ rows_of_run_hours(ref('data_quality_metrics')) }}
    where status <> 'ok'

)

select * from alerts
