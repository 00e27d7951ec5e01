{{ config(schema='wmf_raw', partition_by=['webrequest_source', 'year', 'month', 'day', 'hour']) }}

with

-- Bad requests with the number 0 have not been numbered at all. Counters begin at 0; what is no
-- counter could not be subtracted either.
numbered as (

    select
        webrequest_source,
        hostname,
        server_pid,
        sequence,
        dt
    from {{ ref('stg_webrequest__raw') }}
    where
        rejection_reason is null
        and hostname is not null
        and sequence >= 0
        and sequence < 9223372036854775807
        and not (sequence = 0 and coalesce(http_method, '') = '<BADREQ>')

),

followed as (

    select
        *,
        lead(sequence) over (
            partition by webrequest_source, hostname, server_pid order by sequence, dt
        ) as next_sequence,
        lead(dt) over (
            partition by webrequest_source, hostname, server_pid order by sequence, dt
        ) as next_dt,
        min(dt) over (
            partition by webrequest_source, hostname, server_pid order by sequence, dt
            rows between unbounded preceding and current row
        ) as first_dt_below,
        -- Backwards, since engines look at every row anew where a frame ends at the last one.
        max(dt) over (
            partition by webrequest_source, hostname, server_pid order by sequence desc, dt desc
            rows between unbounded preceding and 1 preceding
        ) as last_dt_above
    from numbered

),

-- Where everything above was logged before everything below, the process began anew at low numbers.
holes as (

    select
        webrequest_source,
        hostname,
        server_pid,
        sequence + 1 as first_missing,
        next_sequence - 1 as last_missing,
        next_sequence - sequence - 1 as count_missing,
        dt as dt_before,
        next_dt as dt_after,
        coalesce(last_dt_above < first_dt_below, false) as is_restart
    from followed
    where next_sequence > sequence + 1

),

beside as (

    select distinct
        webrequest_source,
        hostname,
        server_pid,
        sequence,
        {{ in_hour_beside(-1) }} as is_before
    from {{ ref('webrequest') }}
    where {{ in_hour_beside(-1) }} or {{ in_hour_beside(1) }}

),

hours_beside as (

    select
        webrequest_source,
        max(case when is_before then 1 else 0 end) = 1 as has_hour_before,
        min(case when is_before then 1 else 0 end) = 0 as has_hour_after
    from beside
    group by webrequest_source

),

found as (

    select
        holes.webrequest_source,
        holes.hostname,
        holes.server_pid,
        holes.first_missing,
        count(case when beside.is_before then 1 end) as count_found_before,
        count(case when not beside.is_before then 1 end) as count_found_after
    from holes
    inner join beside
        on
            holes.webrequest_source = beside.webrequest_source
            and holes.hostname = beside.hostname
            and holes.server_pid is not distinct from beside.server_pid
            and holes.first_missing <= beside.sequence
            and holes.last_missing >= beside.sequence
    group by
        holes.webrequest_source,
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
        coalesce(hours_beside.has_hour_before, false) as has_hour_before,
        coalesce(hours_beside.has_hour_after, false) as has_hour_after,
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
        {{ run_hour().year }} as year,
        {{ run_hour().month }} as month,
        {{ run_hour().day }} as day,
        {{ run_hour().hour }} as hour
    from holes
    left join hours_beside
        on holes.webrequest_source = hours_beside.webrequest_source
    left join found
        on
            holes.webrequest_source = found.webrequest_source
            and holes.hostname = found.hostname
            and holes.server_pid is not distinct from found.server_pid
            and holes.first_missing = found.first_missing

)

select * from compared
