{%- set process = hour_columns() ~ ', webrequest_source, hostname, server_pid' %}

with

-- Bad requests with the number 0 were not numbered at all. A counter begins at 0 and stays within 64
-- bits; other numbers could not be subtracted.
numbered as (

    select
        webrequest_source,
        hostname,
        server_pid,
        sequence,
        dt,
        {{ hour_columns() }}
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
            partition by {{ process }} order by sequence asc, dt asc nulls first
        ) as next_sequence,
        lead(dt) over (
            partition by {{ process }} order by sequence asc, dt asc nulls first
        ) as next_dt,
        first_value(dt) over (
            partition by {{ process }} order by sequence asc, dt asc nulls first
        ) as dt_of_lowest,
        last_value(dt) over (
            partition by {{ process }} order by sequence asc, dt asc nulls first
            rows between unbounded preceding and unbounded following
        ) as dt_of_highest
    from numbered

),

flagged as (

    select
        *,
        coalesce(next_sequence > sequence + 1, false) as is_before_a_hole,
        -- Only a process whose lowest number is younger than its highest can have restarted.
        not coalesce(dt_of_lowest <= dt_of_highest, false) as may_have_restarted
    from followed

),

candidates as (

    select * from flagged
    where is_before_a_hole or may_have_restarted

),

with_neighbours as (

    select
        *,
        min(dt) over (
            partition by {{ process }} order by sequence
        ) as first_dt_below,
        -- This is sorted backwards, since engines read every row again where a frame ends at the
        -- last one.
        max(dt) over (
            partition by {{ process }} order by sequence desc
            range between unbounded preceding and 1 preceding
        ) as last_dt_above
    from candidates

),

-- Where everything above was logged before everything below, the process restarted at low numbers.
classified as (

    select
        webrequest_source,
        hostname,
        server_pid,
        sequence + 1 as first_missing,
        next_sequence - 1 as last_missing,
        next_sequence - sequence - 1 as count_missing,
        dt as dt_before,
        next_dt as dt_after,
        may_have_restarted and coalesce(last_dt_above < first_dt_below, false) as is_restart,
        {{ hour_columns() }}
    from with_neighbours
    where is_before_a_hole

)

select * from classified
