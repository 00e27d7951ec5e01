{#-
    A row belongs to the hour of its file, whatever its dt says; a difference is worth a look but
    stops nothing.
-#}
{{ config(severity='warn') }}

with

requests as (

    select
        webrequest_source,
        dt,
        ts,
        {{ hour_text() }} as hour_text
    from {{ rows_of_run_hours(ref('webrequest')) }}

),

misplaced as (

    select * from requests
    where
        ts is null
        or ts < {{ utc_timestamp("hour_text || ':00:00Z'") }}
        or ts > {{ utc_timestamp("hour_text || ':59:59Z'") }}

)

select * from misplaced
