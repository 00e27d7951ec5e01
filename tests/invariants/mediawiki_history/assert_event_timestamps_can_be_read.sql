{{ config(severity='warn') }}
-- Druid leaves out rows whose time it cannot read (spec 8), and so do the metrics.
with

reduced as (

    select * from {{ rows_of_run_snapshot(ref('mediawiki_history_reduced')) }}

),

unreadable as (

    select
        event_timestamp,
        count(*) as events
    from reduced
    where
        not coalesce({{ regex_matches(
            'event_timestamp',
            '^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]+$'
        ) }}, false)
        or {{ date_of('event_timestamp') }} is null
    group by event_timestamp

)

select * from unreadable
