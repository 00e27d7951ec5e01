with

statistics as (

    select
        *,
        {{ hour_text() }} as hour_text
    from {{ rows_of_run_hours(ref('webrequest_sequence_stats_hourly')) }}

),

holes as (

    select
        {{ hour_columns() }},
        webrequest_source,
        count(*) as holes,
        count(case when is_restart then 1 end) as restarts,
        sum(cast(count_found_before + count_found_after as double)) as found_beside,
        sum(cast(count_lost as double)) as lost
    from {{ rows_of_run_hours(ref('webrequest_sequence_holes')) }}
    group by
        {{ hour_columns() }},
        webrequest_source

),

rejected as (

    select
        {{ hour_columns() }},
        webrequest_source,
        count(*) as rejected
    from {{ rows_of_run_hours(ref('webrequest_rejected')) }}
    group by
        {{ hour_columns() }},
        webrequest_source

),

known_incidents as (

    select
        {{ hour_columns('statistics') }},
        statistics.webrequest_source,
        count(*) as incidents,
        min(incidents.what_happened) as what_happened
    from statistics
    inner join {{ ref('incidents') }} as incidents
        on
            incidents.webrequest_source in (statistics.webrequest_source, 'all')
            and statistics.hour_text >= incidents.first_hour
            and statistics.hour_text < incidents.end_hour
    group by
        {{ hour_columns('statistics') }},
        statistics.webrequest_source

),

counts as (

    select
        {{ hour_columns('statistics') }},
        statistics.webrequest_source,
        coalesce(' Known incident: ' || known_incidents.what_happened, '') as what_is_known,
        cast(statistics.count_actual as double) as lines,
        cast(statistics.count_expected as double) as lines_expected,
        cast(coalesce(rejected.rejected, 0) as double) as lines_rejected,
        cast(statistics.count_duplicate as double) as repetitions,
        cast(statistics.count_bad_requests as double) as bad_requests,
        cast(coalesce(holes.holes, 0) as double) as holes,
        cast(coalesce(holes.restarts, 0) as double) as restarts,
        coalesce(holes.found_beside, 0) as lines_found_in_hours_beside,
        coalesce(holes.lost, 0) as lines_lost,
        cast(coalesce(known_incidents.incidents, 0) as double) as known_incidents,
        statistics.percent_lost as percent_lost_by_statistics
    from statistics
    left join holes
        on
            {{ is_same_hour('statistics', 'holes') }}
            and statistics.webrequest_source = holes.webrequest_source
    left join rejected
        on
            {{ is_same_hour('statistics', 'rejected') }}
            and statistics.webrequest_source = rejected.webrequest_source
    left join known_incidents
        on
            {{ is_same_hour('statistics', 'known_incidents') }}
            and statistics.webrequest_source = known_incidents.webrequest_source

),

load_measures as (

    select
        *,
        lines_lost / nullif(lines - repetitions + lines_lost, 0) * 100 as percent_lost,
        bad_requests / nullif(lines, 0) * 100 as percent_bad_requests
    from counts

)

select * from load_measures
