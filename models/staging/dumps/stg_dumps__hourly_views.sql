{{ config(pre_hook="{{ load_hourly_dumps() }}") }}

with

lines as (

    select * from {{ dump_files('hourly', 'rows') }}

)

select * from lines
