{{ config(severity='warn') }}
-- A history holds all of the one a month before, and little more (spec 9.2); digests left out.
with

measures as (

    select
        snapshot,
        sum(events) as events
    from {{ ref('mediawiki_history_reduced_measures') }}
    where
        snapshot in ({{ literal(run_snapshot()) }}, {{ literal(previous_snapshot()) }})
        and coalesce(event_type not in ('daily_digest', 'monthly_digest'), true)
    group by snapshot

),

compared as (

    select
        max(case when snapshot = {{ literal(run_snapshot()) }} then events end) as events,
        max(case when snapshot = {{ literal(previous_snapshot()) }} then events end) as previous_events
    from measures

),

unlike as (

    select * from compared
    where abs(events - previous_events) > previous_events * {{ variable('history_size_change') }}

)

select * from unlike
