{{ config(schema='wmf_raw', partition_by=['webrequest_source', 'year', 'month', 'day', 'hour']) }}

with

sequence_stats as (

    select * from {{ rows_of_run_hours(ref('webrequest_sequence_stats')) }}
    where {{ is_summed_process('sequence_min') }}

),

summed as (

    select
        webrequest_source,
        {{ hour_columns() }},
        {{ bigint_sum('count_actual') }} as count_actual,
        try_cast(sum(cast(count_expected as decimal(20, 0))) as bigint) as count_expected,
        {{ bigint_sum('count_null_sequence') }} as count_null_sequence,
        {{ bigint_sum('count_duplicate') }} as count_duplicate,
        try_cast(
            sum(cast(count_different as decimal(20, 0))) + sum(count_duplicate) as bigint
        ) as count_lost,
        {{ bigint_sum('count_bad_requests') }} as count_bad_requests,
        {{ bigint_sum('count_incomplete') }} as count_incomplete
    from sequence_stats
    group by
        webrequest_source,
        {{ hour_columns() }}

),

hourly as (

    select
        count_actual,
        count_expected,
        count_null_sequence,
        count_duplicate,
        count_lost,
        round(cast(count_duplicate as double) / count_expected * 100, 8) as percent_duplicate,
        round(cast(count_lost as double) / count_expected * 100, 8) as percent_lost,
        count_bad_requests,
        count_incomplete,
        webrequest_source,
        {{ hour_columns() }}
    from summed

)

select * from hourly
