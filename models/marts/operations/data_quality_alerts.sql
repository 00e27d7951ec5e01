{{ config(partition_by=['year', 'month', 'day', 'hour']) }}

with

alerts as (

    select * from {{ ref('data_quality_metrics') }}
    where
        {{ in_run_hour() }}
        and status <> 'ok'

)

select * from alerts
