{{ config(partition_by=['year', 'month', 'day', 'hour']) }}

with

actors as (

    select * from {{ rows_of_run_hours(ref('webrequest_actor_metrics_rollup_hourly')) }}

),

labels as (

    select
        version,
        actor_signature,
        actor_signature_per_project_family,
        is_pageview,
        is_redirect_to_pageview,
        {{ actor_label('label') }} as label,
        {{ actor_label('reason') }} as label_reason,
        {{ hour_columns() }}
    from actors

)

select * from labels
