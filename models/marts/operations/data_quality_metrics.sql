{{ config(partition_by=['year', 'month', 'day', 'hour']) }}

with

load_measures as (

    select * from {{ ref('int_operations__load_measures') }}

),

measured as (

    select * from load_measures
    unpivot include nulls (
        value for metric in (
            lines,
            lines_expected,
            lines_rejected,
            repetitions,
            bad_requests,
            holes,
            restarts,
            lines_found_in_hours_beside,
            lines_lost,
            known_incidents,
            percent_lost_by_statistics,
            percent_lost,
            percent_bad_requests
        )
    )

),

with_status as (

    select
        *,
        metric in ('percent_lost', 'percent_bad_requests') as is_gate,
        case
            when metric not in ('percent_lost', 'percent_bad_requests') or value is null then 'ok'
            when value > {{ variable('loss_error_percent') }} then 'error'
            when value > {{ variable('loss_warn_percent') }} then 'warn'
            else 'ok'
        end as status
    from measured

),

metrics as (

    select
        'wmf_raw.webrequest' as dataset,
        'webrequest_source=' || webrequest_source || '/' || {{ hour_path() }} as partition_id,
        metric,
        value,
        status,
        case when is_gate then 'error' else 'info' end as severity,
        case
            when is_gate
                then
                    'warn above {{ variable("loss_warn_percent") }}, error above {{ variable("loss_error_percent") }}'
        end as constraint_rule,
        case
            when status <> 'ok'
                then
                    webrequest_source || ': ' || metric || ' is '
                    || cast(round(value, 3) as {{ dbt.type_string() }}) || what_is_known
        end as message,
        {{ literal(invocation_id) }} as run_id,
        {{ hour_columns() }}
    from with_status

)

select * from metrics
