-- depends_on: {{ ref('stg_dumps__hourly_views') }}, {{ ref('stg_dumps__daily_views') }}

with

lines as (

    select * from {{ dump_files('hourly', 'rejected') }}
    union all
    select * from {{ dump_files('daily', 'rejected') }}

)

select * from lines
