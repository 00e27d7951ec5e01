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
        first_value(dt) over (
            partition by webrequest_source, hostname, server_pid order by sequence, dt
        ) as dt_of_lowest,
        last_value(dt) over (
            partition by webrequest_source, hostname, server_pid order by sequence, dt
            rows between unbounded preceding and unbounded following
        ) as dt_of_highest
    from numbered

),

judged as (

    select
        *,
        coalesce(next_sequence > sequence + 1, false) as is_before_a_hole,
        -- Only a process whose lowest number is younger than its highest can have begun anew.
        not coalesce(dt_of_lowest <= dt_of_highest, false) as may_have_begun_anew
    from followed

),

looked_at as (

    select * from judged
    where is_before_a_hole or may_have_begun_anew

),

around as (

    select
        *,
        min(dt) over (
            partition by webrequest_source, hostname, server_pid order by sequence
        ) as first_dt_below,
        -- Backwards, since engines look at every row anew where a frame ends at the last one.
        max(dt) over (
            partition by webrequest_source, hostname, server_pid order by sequence desc
            range between unbounded preceding and 1 preceding
        ) as last_dt_above
    from looked_at

),

-- Where everything above was logged before everything below, the process began anew at low numbers.
told_apart as (

    select
        webrequest_source,
        hostname,
        server_pid,
        sequence + 1 as first_missing,
        next_sequence - 1 as last_missing,
        next_sequence - sequence - 1 as count_missing,
        dt as dt_before,
        next_dt as dt_after,
        may_have_begun_anew and coalesce(last_dt_above < first_dt_below, false) as is_restart
    from around
    where is_before_a_hole

)

select * from told_apart
