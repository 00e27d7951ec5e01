{#-
    The load gate (spec 4): the percentage of the requests of a source that is lost, of those
    expected, or bad, of those that came. The test's result is the worst level: 1 warns, 2 fails.
-#}
{{ config(
    tags=['loss_gate'],
    fail_calc='coalesce(max(level), 0)',
    warn_if='>= 1',
    error_if='>= 2',
) }}

with

stats as (

    select * from {{ ref('webrequest_sequence_stats_hourly') }}
    where {{ in_run_hour() }}

),

shares as (

    select
        webrequest_source,
        'lost' as share,
        percent_lost as percent
    from stats
    union all
    select
        webrequest_source,
        'bad' as share,
        cast(count_bad_requests as double) / nullif(count_actual, 0) * 100 as percent
    from stats

),

above_thresholds as (

    select
        *,
        case when percent > {{ var('loss_error_percent') }} then 2 else 1 end as level
    from shares
    where percent > {{ var('loss_warn_percent') }}

)

select * from above_thresholds
