{{ config(schema='wmf_raw', partition_by=['webrequest_source', 'year', 'month', 'day', 'hour']) }}

with

requests as (

    select
        hostname,
        server_pid,
        case when {{ is_counted_line('dt') }} then sequence end as sequence,
        case when {{ is_counted_line('dt') }} then 1 end as counted,
        http_method,
        dt,
        webrequest_source,
        {{ hour_columns() }}
    from {{ ref('int_webrequest__accepted') }}

),

counted as (

    select
        hostname,
        server_pid,
        webrequest_source,
        {{ hour_columns() }},
        min(sequence) as sequence_min,
        max(sequence) as sequence_max,
        count(counted) as count_actual,
        {{ sequence_span() }} as count_expected,
        {{ sequence_span() }} - count(counted) as count_different,
        count(counted) - count(distinct sequence) as count_duplicate,
        count(counted) - count(sequence) as count_null_sequence,
        (cast(count(counted) as double) / ({{ sequence_span() }}) - 1) * 100
            as percent_different,
        {{ bad_requests('http_method') }} as count_bad_requests,
        {{ incomplete_lines('dt') }} as count_incomplete
    from requests
    group by
        hostname,
        server_pid,
        webrequest_source,
        {{ hour_columns() }}

),

numbered as (

    select
        *,
        cast({{ spark_bigint('server_pid') }} as string) as server_number
    from counted

),

-- Without a host, a number or a line there is no sequence to count, only bad requests.
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
        case when {{ has_sequence('hostname', 'server_number') }} and count_actual > 0 then {{ measure }} end
            as {{ measure }},
        {%- endfor %}
        count_bad_requests,
        count_incomplete,
        webrequest_source,
        {{ hour_columns() }}
    from numbered

)

select * from sequence_stats
