with

statistics as (

    select * from {{ rows_of_run_hour(ref('webrequest_sequence_stats_hourly')) }}

),

holes as (

    select
        webrequest_source,
        count(*) as holes,
        count(case when is_restart then 1 end) as restarts,
        sum(cast(count_found_before + count_found_after as double)) as found_beside,
        sum(cast(count_lost as double)) as lost
    from {{ rows_of_run_hour(ref('webrequest_sequence_holes')) }}
    group by webrequest_source

),

rejected as (

    select
        webrequest_source,
        count(*) as rejected
    from {{ rows_of_run_hour(ref('webrequest_rejected')) }}
    group by webrequest_source

),

incidents as (

    select * from {{ ref('incidents') }}
    where first_hour <= {{ literal(variable('hour')) }} and end_hour > {{ literal(variable('hour')) }}

),

known_incidents as (

    select
        statistics.webrequest_source,
        count(*) as incidents,
        min(incidents.what_happened) as what_happened
    from statistics
    inner join incidents
        on incidents.webrequest_source in (statistics.webrequest_source, 'all')
    group by statistics.webrequest_source

),

counts as (

    select
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
        on statistics.webrequest_source = holes.webrequest_source
    left join rejected
        on statistics.webrequest_source = rejected.webrequest_source
    left join known_incidents
        on statistics.webrequest_source = known_incidents.webrequest_source

),

load_measures as (

    select
        *,
        lines_lost / nullif(lines - repetitions + lines_lost, 0) * 100 as percent_lost,
        bad_requests / nullif(lines, 0) * 100 as percent_bad_requests
    from counts

)

select * from load_measures
