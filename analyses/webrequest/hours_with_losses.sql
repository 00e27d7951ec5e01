-- Which hours of the lake cannot be trusted, because lines were lost or bad?
--
-- All hours count, not only the run's: the table has one row per hour and source. The limit is the
-- variable loss_warn_percent. A process that restarts at sequence 0 looks like a large loss, so
-- look at webrequest_sequence_stats before running an hour again.

with

sequence_stats as (

    select * from {{ ref('webrequest_sequence_stats_hourly') }}

),

incidents as (

    select * from {{ ref('incidents') }}

),

dated as (

    select
        *,
        cast(year as {{ dbt.type_string() }})
        || '-' || lpad(cast(month as {{ dbt.type_string() }}), 2, '0')
        || '-' || lpad(cast(day as {{ dbt.type_string() }}), 2, '0')
        || 'T' || lpad(cast(hour as {{ dbt.type_string() }}), 2, '0') as hour_name
    from sequence_stats

),

with_shares as (

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
        cast(count_bad_requests as double) / nullif(count_actual, 0) * 100 as percent_bad_requests,
        hour_name
    from dated

),

-- An hour without any countable sequence has no share to judge, which is reason enough to look.
suspicious as (

    select * from with_shares
    where
        percent_lost is null
        or percent_lost > {{ variable('loss_warn_percent') }}
        or percent_bad_requests > {{ variable('loss_warn_percent') }}

),

hours_with_losses as (

    select
        suspicious.webrequest_source,
        suspicious.year,
        suspicious.month,
        suspicious.day,
        suspicious.hour,
        suspicious.count_actual,
        suspicious.count_lost,
        suspicious.percent_lost,
        suspicious.count_bad_requests,
        suspicious.percent_bad_requests,
        incidents.what_happened as known_incident
    from suspicious
    left join incidents
        on
            incidents.webrequest_source in (suspicious.webrequest_source, 'all')
            and suspicious.hour_name >= incidents.first_hour
            and suspicious.hour_name < incidents.end_hour

)

select * from hours_with_losses
order by year, month, day, hour, webrequest_source
