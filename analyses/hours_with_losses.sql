-- Which hours of the lake are not to be trusted, because lines were lost or bad?
--
-- All hours, not the run's alone: the table has one row an hour and source. The limit is the
-- variable loss_warn_percent. A process that starts anew at sequence 0 looks like a large loss, so
-- look at webrequest_sequence_stats before running an hour again.

with

sequence_stats as (

    select * from {{ ref('webrequest_sequence_stats_hourly') }}

),

judged as (

    select
        webrequest_source,
        year,
        month,
        day,
        hour,
        count_actual,
        count_lost,
        percent_lost,
        count_bad_requests,
        cast(count_bad_requests as double) / nullif(count_actual, 0) * 100 as percent_bad_requests
    from sequence_stats

),

-- An hour without any countable sequence has no share to judge, which is reason enough to look.
hours_with_losses as (

    select * from judged
    where
        percent_lost is null
        or percent_lost > {{ var('loss_warn_percent') }}
        or percent_bad_requests > {{ var('loss_warn_percent') }}

)

select * from hours_with_losses
order by year, month, day, hour, webrequest_source
