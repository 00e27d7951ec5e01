{#-
    A row belongs to the hour of its file, whatever its dt says; a difference is worth a look but
    stops nothing.
-#}
{{ config(severity='warn') }}

{%- set hour_start = (variable('hour') | string) ~ ':00:00Z' -%}
{%- set hour_end = (variable('hour') | string) ~ ':59:59Z' %}

with

requests as (

    select
        webrequest_source,
        dt,
        ts
    from {{ rows_of_run_hour(ref('webrequest')) }}

),

misplaced as (

    select * from requests
    where
        ts is null
        or ts < {{ utc_timestamp(literal(hour_start)) }}
        or ts > {{ utc_timestamp(literal(hour_end)) }}

)

select * from misplaced
