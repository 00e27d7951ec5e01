{{ config(partition_by=['snapshot']) }}

with

reduced as (

    select * from {{ rows_of_run_snapshot(ref('mediawiki_history_reduced')) }}

),

time_span as (

    select
        min({{ date_of('event_timestamp') }}) as first_day,
        max({{ date_of('event_timestamp') }}) as last_day,
        {{ literal(run_snapshot()) }} as snapshot
    from reduced

)

select * from time_span
