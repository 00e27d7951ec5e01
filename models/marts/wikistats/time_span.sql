{{ config(partition_by=['snapshot']) }}

with

reduced as (

    select * from {{ ref('mediawiki_history_reduced') }}
    where {{ in_run_snapshot() }}

),

time_span as (

    select
        min({{ date_of('event_timestamp') }}) as first_day,
        max({{ date_of('event_timestamp') }}) as last_day,
        '{{ run_snapshot() }}' as snapshot
    from reduced

)

select * from time_span
