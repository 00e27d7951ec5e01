{{ config(pre_hook="{{ load_daily_dumps() }}") }}

with

lines as (

    select * from {{ dump_files('daily', 'rows') }}

)

select * from lines
