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
        ) as next_dt
    from numbered

),

holes as (

    select * from followed
    where next_sequence > sequence + 1

),

-- Of the other processes none can have begun anew.
processes_back_in_time as (

    select distinct
        webrequest_source,
        hostname,
        server_pid
    from holes
    where not coalesce(next_dt >= dt, false)

),

their_numbers as (

    select
        numbered.webrequest_source,
        numbered.hostname,
        numbered.server_pid,
        numbered.sequence,
        min(numbered.dt) as first_dt,
        max(numbered.dt) as last_dt
    from numbered
    inner join processes_back_in_time
        on
            numbered.webrequest_source = processes_back_in_time.webrequest_source
            and numbered.hostname = processes_back_in_time.hostname
            and numbered.server_pid is not distinct from processes_back_in_time.server_pid
    group by
        numbered.webrequest_source,
        numbered.hostname,
        numbered.server_pid,
        numbered.sequence

),

around as (

    select
        *,
        min(first_dt) over (
            partition by webrequest_source, hostname, server_pid order by sequence
            rows between unbounded preceding and current row
        ) as first_dt_below,
        -- Backwards, since engines look at every row anew where a frame ends at the last one.
        max(last_dt) over (
            partition by webrequest_source, hostname, server_pid order by sequence desc
            rows between unbounded preceding and 1 preceding
        ) as last_dt_above
    from their_numbers

),

-- Where everything above was logged before everything below, the process began anew at low numbers.
told_apart as (

    select
        holes.webrequest_source,
        holes.hostname,
        holes.server_pid,
        holes.sequence + 1 as first_missing,
        holes.next_sequence - 1 as last_missing,
        holes.next_sequence - holes.sequence - 1 as count_missing,
        holes.dt as dt_before,
        holes.next_dt as dt_after,
        coalesce(around.last_dt_above < around.first_dt_below, false) as is_restart
    from holes
    left join around
        on
            holes.webrequest_source = around.webrequest_source
            and holes.hostname = around.hostname
            and holes.server_pid is not distinct from around.server_pid
            and holes.sequence = around.sequence

)

select * from told_apart
