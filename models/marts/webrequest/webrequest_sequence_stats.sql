{{ config(schema='wmf_raw', partition_by=['webrequest_source', 'year', 'month', 'day', 'hour']) }}

with

raw as (

    select
        hostname,
        server_pid,
        sequence,
        http_method,
        webrequest_source
    from {{ ref('stg_webrequest__raw') }}
    where rejection_reason is null

),

counted as (

    select
        hostname,
        server_pid,
        webrequest_source,
        min(sequence) as sequence_min,
        max(sequence) as sequence_max,
        count(*) as count_actual,
        max(sequence) - min(sequence) + 1 as count_expected,
        max(sequence) - min(sequence) + 1 - count(*) as count_different,
        count(*) - count(distinct sequence) as count_duplicate,
        count(*) - count(sequence) as count_null_sequence,
        (cast(count(*) as double) / (max(sequence) - min(sequence) + 1) - 1) * 100
            as percent_different,
        count(case when http_method = '<BADREQ>' then 1 end) as count_bad_requests
    from raw
    group by
        hostname,
        server_pid,
        webrequest_source

),

numbered as (

    select
        *,
        cast({{ spark_bigint('server_pid') }} as varchar) as server_number
    from counted

),

-- A process without a host or a number has no sequence to count: only its bad requests show.
sequence_stats as (

    select
        hostname,
        server_number as server_pid,
        {%- for measure in [
            'sequence_min',
            'sequence_max',
            'count_actual',
            'count_expected',
            'count_different',
            'count_duplicate',
            'count_null_sequence',
            'percent_different',
        ] %}
        case when hostname is not null and server_number is not null then {{ measure }} end
            as {{ measure }},
        {%- endfor %}
        count_bad_requests,
        webrequest_source,
        {{ run_hour().year }} as year,
        {{ run_hour().month }} as month,
        {{ run_hour().day }} as day,
        {{ run_hour().hour }} as hour
    from numbered

)

select * from sequence_stats
