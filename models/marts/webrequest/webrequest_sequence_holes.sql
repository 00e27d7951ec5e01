{{ config(schema='wmf_raw', partition_by=['webrequest_source', 'year', 'month', 'day', 'hour']) }}

with

holes as (

    select
        *,
        {{ hour_start() }} as hour_start
    from {{ ref('int_webrequest__sequence_holes') }}

),

-- Requests of the hour before a hole's, and of the hour after it if an earlier run has made that.
adjacent_requests as (

    select
        webrequest_source,
        hostname,
        server_pid,
        sequence,
        {{ hour_start() }} + interval '1' hour as hour_start,
        true as is_before
    from {{ rows_before_run_hours(ref('webrequest')) }}
    union all
    select
        webrequest_source,
        hostname,
        server_pid,
        sequence,
        {{ hour_start() }} - interval '1' hour as hour_start,
        false as is_before
    from {{ rows_after_run_hours(ref('webrequest')) }}

),

adjacent_hours as (

    select
        webrequest_source,
        hour_start,
        max(case when is_before then 1 else 0 end) = 1 as has_hour_before,
        min(case when is_before then 1 else 0 end) = 0 as has_hour_after
    from adjacent_requests
    group by
        webrequest_source,
        hour_start

),

found as (

    select
        holes.webrequest_source,
        holes.hour_start,
        holes.hostname,
        holes.server_pid,
        holes.first_missing,
        count(distinct case when adjacent_requests.is_before then adjacent_requests.sequence end) as count_found_before,
        count(distinct case when not adjacent_requests.is_before then adjacent_requests.sequence end) as count_found_after
    from holes
    inner join adjacent_requests
        on
            holes.webrequest_source = adjacent_requests.webrequest_source
            and holes.hour_start = adjacent_requests.hour_start
            and holes.hostname = adjacent_requests.hostname
            and holes.server_pid is not distinct from adjacent_requests.server_pid
            and holes.first_missing <= adjacent_requests.sequence
            and holes.last_missing >= adjacent_requests.sequence
    group by
        holes.webrequest_source,
        holes.hour_start,
        holes.hostname,
        holes.server_pid,
        holes.first_missing

),

compared as (

    select
        holes.hostname,
        holes.server_pid,
        holes.first_missing,
        holes.last_missing,
        holes.count_missing,
        holes.dt_before,
        holes.dt_after,
        holes.is_restart,
        coalesce(adjacent_hours.has_hour_before, false) as has_hour_before,
        coalesce(adjacent_hours.has_hour_after, false) as has_hour_after,
        coalesce(found.count_found_before, 0) as count_found_before,
        coalesce(found.count_found_after, 0) as count_found_after,
        case
            when holes.is_restart then 0
            else greatest(
                holes.count_missing
                - coalesce(found.count_found_before, 0)
                - coalesce(found.count_found_after, 0),
                0
            )
        end as count_lost,
        holes.webrequest_source,
        {{ hour_columns('holes') }}
    from holes
    left join adjacent_hours
        on
            holes.webrequest_source = adjacent_hours.webrequest_source
            and holes.hour_start = adjacent_hours.hour_start
    left join found
        on
            holes.webrequest_source = found.webrequest_source
            and holes.hour_start = found.hour_start
            and holes.hostname = found.hostname
            and holes.server_pid is not distinct from found.server_pid
            and holes.first_missing = found.first_missing

)

select * from compared
