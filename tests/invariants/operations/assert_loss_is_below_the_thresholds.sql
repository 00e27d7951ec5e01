{#-
    The gate of an hour (spec 4): what is bad or lost of a source, without restarts and numbers
    found in the adjacent hours. The test's result is the worst level: 1 warns, 2 fails, and then
    the pageview tables of the hour are not built. A loss that is accepted only warns.
-#}
{{ config(
    tags=['loss_gate'],
    fail_calc='coalesce(max(level), 0)',
    warn_if='>= 1',
    error_if='>= 2',
) }}

with

alerts as (

    select * from {{ rows_of_run_hours(ref('data_quality_alerts')) }}
    where
        dataset = 'wmf_raw.webrequest'
        and metric in ('percent_lost', 'percent_bad_requests')

),

leveled as (

    select
        *,
        case when status = 'error' and not {{ variable('accept_loss') | lower }} then 2 else 1 end
            as level
    from alerts

)

select * from leveled
