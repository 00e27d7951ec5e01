{{ config(partition_by=['year', 'month', 'day']) }}

with

lines as (

    select * from {{ ref('stg_dumps__daily_views') }}

)

select * from lines
